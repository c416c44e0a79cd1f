"""The sentences of a chronicle, several for each topic, taken by turns."""

from __future__ import annotations

from typing import Final

from rcpsim.theory import lifecycle

SEASONS: Final = ("Early in the year", "In the second quarter", "In the third quarter", "Late in the year")
KINDS: Final = {
    "workshop": ("workshop", "workshops"),
    "working-group": ("working group meeting", "working group meetings"),
    "senior": ("meeting of senior officials", "meetings of senior officials"),
    "ministerial": ("ministerial meeting", "ministerial meetings"),
}
ISSUES: Final = {
    "trafficking": "trafficking",
    "border-control": "border control",
    "return": "the return of migrants",
    "rights": "the rights of migrants",
    "labour": "labour migration",
    "development": "development",
    "asylum": "asylum",
    "integration": "integration",
    "data": "the exchange of data",
}
"""The issues as they are called in speech."""
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
    "{when} their words on {what} at last mean the same to all of them.",
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
    "{when} it comes out that {who} has told what {whose} had confided; "
    "the trust that {whose} puts in it {moves}.",
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
    "{when} more is suddenly heard at home about {what}.",
    "{when} the news turns to {what}.",
)
FALL: Final = ("{when} {what} drops out of the news.", "{when} interest in {what} fades.")
JOINT: Final = (
    "In the crisis {n} of states act together, among them {pair}.",
    "The crisis is met side by side by {n} of states, such as {pair}.",
    "Joint answers to the crisis come from {n} of states; {pair} are one.",
)
JOINT_ONE: Final = ("In the crisis {pair} act together.", "{pair} answer the crisis jointly.")
MEETINGS: Final = (
    "The year sees {what}, with {room} of {of} states in the room on average{talk}.",
    "There {are} {what}; {room} of {of} states come on average{talk}.",
    "The states hold {what}, and {room} of {of} attend on average{talk}.",
)
MEETINGS_AGAIN: Final = (
    "The same calendar is kept as the year before, and {room} of {of} states come on average{talk}.",
    "Again there are {count} meetings, with {room} of {of} states on average{talk}.",
    "The calendar does not change, and {room} of {of} states attend on average{talk}.",
)
AGENDA: Final = (
    "; most hours go to {what}",
    "; they talk most about {what}",
    "; {what} {take} most of the time",
)
MISSED: Final = (
    "{n} {meetings} called off: {why}.",
    "{n} planned {gathering} not take place: {why}.",
)
CHAIR: Final = ("{who} takes over the chair.", "The chair passes to {who}.", "{who} now presides.")
CHAIRS: Final = ("The chair passes to {who}.",)
GOVERNMENT_ONE: Final = (
    "A new government takes office in {where}.",
    "The government changes in {where}.",
)
GOVERNMENT: Final = ("New governments take office in {where}.", "Governments change in {where}.")
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
    "spread": (
        "And their laws differ more: the spread between them is {here} of what it was at the start, "
        "against {there} without the process.",
        "And their laws have come closer: the spread between them is {here} of what it was at the start, "
        "against {there} without the process.",
        "Their laws differ as much as they would have without the process.",
    ),
}
