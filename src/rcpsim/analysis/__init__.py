"""Asking many draws what matters and where: scores of features, and regions."""

from rcpsim.analysis.regions import Limit, Region, Search, feature_scores, peel, search

__all__ = ["Limit", "Region", "Search", "feature_scores", "peel", "search"]
