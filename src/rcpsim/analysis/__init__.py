"""Asking many draws what matters and where: scores of features, and regions."""

from rcpsim.analysis.regions import Limit, Region, Search, box_of, feature_scores, search

__all__ = ["Limit", "Region", "Search", "box_of", "feature_scores", "search"]
