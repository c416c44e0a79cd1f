"""The sentences of a chronicle, several for each topic, taken by turns."""

from __future__ import annotations

from typing import Final

from rcpsim.theory import lifecycle

SEASONS: Final = (
    "In the first quarter",
    "In the second quarter",
    "In the third quarter",
    "In the last quarter",
)
KINDS: Final = {
    "workshop": ("workshop", "workshops"),
    "working-group": ("working group meeting", "working group meetings"),
    "senior": ("meeting of senior officials", "meetings of senior officials"),
    "ministerial": ("ministerial meeting", "ministerial meetings"),
}
STAGES: Final = (
    "no stage of its life yet",
    "the first stage, that of deciding to meet",
    "the second stage, that of a common language",
    "the third stage, that of a plan of action",
    "the fourth stage, that of working together in practice",
)
QUIET: Final = ("Nothing of note happens.", "It is a quiet year.", "The year passes without news.")
DEFINED: Final = (
    "{when} the states agree what their words mean on {what}.",
    "{when} common terms are settled for {what}.",
    "{when} {what} at last mean the same to all of them.",
)
ADOPTED: Final = (
    "{when} they adopt {item} on {what}.",
    "{when} the plan gains {item} on {what}.",
    "{when} agreement is found on {item} about {what}.",
)
CLOSED: Final = (
    "The typical state has now done what was agreed on {what}.",
    "What was promised on {what} is carried out by most.",
    "The item{s} on {what} {are} struck off as done.",
)
DUE: Final = (
    "The date set for {what} arrives; on average {share} of it is done.",
    "Accounts are due on {what}: {share} has been done on average.",
)
DROPPED: Final = (
    "A review drops the item{s} on {what}, which did not move.",
    "The item{s} on {what} {have} come to nothing and {are} given up.",
)
OUTCOMES: Final = {"item_closed": CLOSED, "item_due": DUE, "item_dropped": DROPPED}
LEAK: Final = (
    "{when} something that {whose} said in confidence gets out; it came from {who}, but nobody learns that.",
    "{when} {who} passes on what {whose} had confided, and is not found out; all who heard it are suspect.",
    "{when} a confidence of {whose} is broken by {who}, unseen, and all who heard it share the blame.",
)
LEAK_KNOWN: Final = (
    "{when} {who} passes on what {whose} had said in confidence, and is found out: "
    "the trust of {whose} in {who} {moves}.",
    "{when} it comes out that {who} has told what {whose} had confided; the trust of {whose} {moves}.",
    "{when} {who} breaks a confidence of {whose} and is named for it; "
    "the trust that {whose} puts in {who} {moves}.",
)
DEAL: Final = ("{pair} strike a deal of their own.", "A bilateral deal is made between {pair}.")
DEALS: Final = (
    "{n} bilateral deals are struck: {pairs}.",
    "States trade with each other in {n} deals: {pairs}.",
)
RISE: Final = (
    "{when} events push {what} up everybody's list.",
    "{when} {what} suddenly matters more at home.",
    "{when} the news turns to {what}.",
)
FALL: Final = ("{when} {what} drops out of the news.", "{when} interest in {what} fades.")
JOINT: Final = (
    "In the face of it some act together: {pairs}.",
    "Joint answers follow, from {pairs}.",
    "{pairs} meet the emergency side by side.",
)
GOVERNMENT: Final = ("New governments take office in {where}.", "The government changes in {where}.")
TURNOVER: Final = (
    "Most of the people who sat for {who} are replaced, and others have to get to know the newcomers.",
    "{who} sends largely new people to the table.",
)
UP: Final = (
    "Over the last {years} years the trust of {who} in {whom} has grown most, {moves}.",
    "No trust has risen as much in these {years} years as that of {who} in {whom}, {moves}.",
)
DOWN: Final = (
    "The trust of {who} in {whom} has fallen most, {moves}.",
    "{who} has lost most faith in {whom}: {moves}.",
)
TWIN: Final = (
    "Beside the twin, {words}.",
    "Had the states never met, things would be otherwise: as it is, {words}.",
    "Compared with the world without the process, {words}.",
)
WORDS: Final = {
    "trust": ("they trust each other {} more", "they trust each other {} less", "trust is the same"),
    "understanding": (
        "they understand the issues {} better",
        "they understand the issues {} less",
        "they understand the issues no better",
    ),
    "law": ("their laws are {} more alike", "their laws are {} less alike", "their laws are no more alike"),
}
STATUS: Final = {
    lifecycle.ACTIVE: "the process wakes up and meets again.",
    lifecycle.DORMANT: "it has to be called asleep: nobody has met for too long.",
    lifecycle.STARVED: "the process ends; nobody has called a meeting for years.",
    lifecycle.SPONSOR_CLOSED: "the process ends, since nobody took over when the sponsor left.",
    lifecycle.ABSORBED: "another body takes over the task, and the process ends.",
    lifecycle.DONE: "the process ends because there is nothing left to settle.",
    lifecycle.CLOSED: "the process ends by its own rule.",
}
LAST: Final = {
    "trust": (
        "On average the founders now trust each other at {here} on a scale from 0 to 1; "
        "without the process it would be {there}.",
        "On average the founders trust each other at {here} on a scale from 0 to 1, "
        "less than the {there} that they would have without the process.",
        "Trust among the founders stands at {here} on a scale from 0 to 1, the same as without the process.",
    ),
    "understanding": (
        "They understand the issues better than they otherwise would, at {here} against {there}.",
        "They understand the issues less well than they otherwise would, at {here} against {there}.",
        "They understand the issues as well as they would have anyway.",
    ),
    "empathy": (
        "Each knows more of what the others need: {here} against {there}.",
        "Each knows less of what the others need: {here} against {there}.",
        "They know no more of what the others need than without it.",
    ),
    "language": (
        "They share more words: {here} against {there}, where 1 means that all say the same.",
        "They share fewer words: {here} against {there}, where 1 means that all say the same.",
        "They share as many words as they would have anyway.",
    ),
    "apart": (
        "Their positions lie further apart, {here} against {there}.",
        "Their positions lie closer together, {here} apart against {there}.",
        "Their positions lie as far apart as they would have anyway.",
    ),
    "law": (
        "And their laws have moved together: of the spread between them {here} is gone, "
        "against {there} without the process.",
        "Their laws have moved together less than in the twin: {here} against {there} of the first spread.",
        "Their laws differ as much as they would have without the process.",
    ),
}
