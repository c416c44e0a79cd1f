"""Random worlds in mid-life with a design, a calendar, inputs and luck, for play_quarter.

Every number comes from rng.random(), so random.Random and numpy's Generator both serve.
"""

from statistics import NormalDist

# name: (low, high), the ranges the cards are expected to give
PARAMETERS = {
    "turnover_base": (0.03, 0.12), "turnover_instability": (0, 2), "file": (0.4, 0.9),
    "reputation": (0.4, 0.9),
    "newcomer_units": (0.5, 2), "credit_halflife_secretariat": (30, 80), "credit_halflife_bare": (6, 20),
    "attend_slope": (3, 6), "attend_threshold": (0.15, 0.35), "concurrency": (0, 1), "quorum": (0.5, 0.5),
    "chair_agenda": (0, 0.5), "sponsor_agenda": (0, 1), "caution_strength": (0.2, 1),
    "trust_needed_base": (0.25, 0.4), "trust_needed_sensitivity": (0.1, 0.5), "minutes": (0.2, 0.6),
    "corridor": (0.15, 0.3), "statement": (0.08, 0.2), "statement_cap": (0.3, 0.6), "text_hours": (0.1, 0.3),
    "opening": (0.25, 1), "group_share": (0.4, 0.7), "group_seats": (0.3, 0.8), "chair_evenness": (0.2, 0.8),
    "candour_base": (0, 1), "candour_want": (3, 9), "candour_risk": (5, 25), "candour_record": (0.5, 2),
    "candour_guarded": (0.5, 1.5), "ear_risk": (0.05, 0.4), "observer_risk": (0.05, 0.4),
    "rules_hold": (0.2, 0.8),
    "friction": (0, 1), "sparring": (0, 0.1), "observer_coordination": (0, 1),
    "prior_weight": (2, 6), "entrust": (0.5, 2), "entrust_hours": (0.5, 2), "leak": (0.003, 0.05),
    "attribution": (0.2, 0.7), "hearsay": (0.05, 0.4), "breach_weight": (1, 8), "test": (0.3, 0.7),
    "evidence_halflife": (16, 60), "leak_cost": (0.02, 0.1),
    "usage_rate": (0.02, 0.08), "sharpening": (1, 1.5), "paper_rate": (0.02, 0.1), "home_pull": (0.01, 0.01),
    "pool_share": (0.3, 0.8), "learn_hours": (2, 10), "absorb_base": (0.2, 0.6), "report": (0.2, 0.8),
    "observer_expertise": (0, 0.5), "empathy_hours": (10, 40), "understanding_halflife": (20, 80),
    "empathy_halflife": (20, 80),
    "latitude_base": (0.3, 0.7), "latitude_trust": (0.3, 1), "susceptibility": (0.1, 0.5),
    "persuade_hours": (6, 30), "repulsion": (0, 0.3), "bounded_confidence": (0.3, 1),
    "deffuant_step": (0.1, 0.5),
    "absent_share": (0.2, 0.6), "return_halflife": (8, 40), "coordination": (0.02, 0.1),
    "delegated_authority": (0.3, 0.9), "informal_discount": (0, 1), "standing_out": (0.2, 0.45),
    "tolerance_narrowed": (0, 0.5), "agreement_hours": (1, 4), "deal_hazard": (0.02, 0.2), "coverage": (0, 1),
    "ties_halflife": (2, 8), "ties_hours": (1, 4), "focal_hours": (0.5, 3), "data_risk": (0.3, 1.5),
    "data_learning": (0, 0.08),
    "reminder": (0, 1), "reporting_cost": (0, 0.3), "effort_floor": (0.1, 0.4), "crowding_out": (0, 0.5),
    "overload": (0, 0.06), "parallel_items": (1.5, 4), "gate_floor": (0.2, 0.6), "closed_loss": (0, 0.6),
    "peers": (0, 0.5), "item_rate": (0.2, 0.8), "obligation_effort": (0, 1.5), "own_drift": (0.005, 0.03),
    "incentive_drift": (0, 0.08), "erosion_halflife": (40, 120), "policy_birth": (0, 0.2),
    "backing_halflife": (3, 10), "backing_rate": (0.02, 0.08), "capacity_building_rate": (0, 0.1),
    "tolerance": (0.1, 0.1), "unkept_halflife": (7, 7),
    "commit_base": (-3, -1.2), "commit_relevance": (1.5, 3.5), "commit_value": (1, 2.5),
    "commit_outcome": (0.5, 2),
    "commit_paid": (-0.1, 0.3), "commit_cost": (0.2, 0.8), "commit_sovereignty": (0.5, 1.5),
    "commit_unkept": (0.5, 2), "commit_time": (4, 16), "settled_weight": (0, 1), "value_hours": (4, 12),
    "prestige": (0, 0.2), "payment": (1.4, 2.4), "sponsor_sight": (0, 1), "sponsor_patience": (8, 24),
    "secretariat_cost": (0.5, 2),
    "interest_scale": (0.5, 1), "ministry_scale": (0.1, 0.5), "interest_sd": (0.1, 0.4),
    "dormancy_factor": (1.2, 2),
    "pulse_hazard": (0.03, 0.1), "government_hazard": (0.02, 0.06), "government_sd": (0.2, 0.8),
    "climate_sd": (0.3, 1.2), "background_hours": (0.05, 0.3), "displacement": (0.3, 1.2),
    "response_rate": (0.2, 1),
}  # fmt: skip
KINDS = ("workshop", "working-group", "senior", "ministerial")
MECHANISMS = (
    "shock", "turn_over", "attend", "set_agenda", "form_rooms", "speak", "share_terms", "learn", "persuade",
    "conclude", "leak_or_keep", "keep_contact", "pool_data", "coordinate_ministries", "follow_up",
    "implement", "bargain", "background", "respond", "commit_and_fund", "live_or_die",
)  # fmt: skip
RIVALS = (
    ("persuade", "deffuant2000"), ("persuade", "hegselmann2002"), ("leak_or_keep", "symmetric"),
    ("form_rooms", "fay2000"), ("implement", "easiest_first"), ("implement", "due_first"),
    ("conclude", "all_but_x"), ("conclude", "pathfinder"), ("learn", "maximum"),
)  # fmt: skip


class Dice:
    """The few shapes in which random numbers are wanted."""

    def __init__(self, rng):
        self.rng = rng

    def number(self, low=0.0, high=1.0):
        return low + (high - low) * float(self.rng.random())

    def chance(self, p):
        return int(self.rng.random() < p)

    def row(self, n, low=0.0, high=1.0):
        return [self.number(low, high) for _ in range(n)]

    def table(self, rows, columns, low=0.0, high=1.0):
        return [self.row(columns, low, high) for _ in range(rows)]

    def pairs(self, n, low=0.0, high=1.0):
        return [[0.0 if i == j else self.number(low, high) for j in range(n)] for i in range(n)]

    def shares(self, n):
        parts = self.row(n, 0.05, 1.0)
        return [part / sum(parts) for part in parts]

    def pick(self, options):
        return options[int(self.rng.random() * len(options))]

    def order(self, n):
        place = self.row(n)
        return [sum(other < mine for other in place) for mine in place]


def random_case(rng, n, k=9, quarters=8, frame=None):
    """A random world with everything it takes to play some quarters.

    ``frame`` holds what the histories of one run have in common; cases on one frame can be laid side by side.

    Returns
    -------
    dict with world, setting (as play_quarter takes them) and luck (a list, one entry a quarter), and besides
    what the records of the code are made of: ``frame``, ``slots``, ``own`` (a state's own view of each issue,
    S14), ``design`` and ``later_design``
    """
    dice = Dice(rng)
    frame = frame or random_frame(dice, n, k, quarters)
    par = {name: dice.number(low, high) for name, (low, high) in PARAMETERS.items()}
    design = random_design(dice, n, k)
    sponsored = dice.chance(0.6)
    own = dice.table(n, k, -2.0, 2.0)
    slots, calendar, rates = random_calendar(dice, frame["slots"], quarters, design)
    setting = {
        "par": par,
        "design": design,
        "calendar": calendar,
        "rates": rates,
        "inputs": random_inputs(dice, frame, par, own, sponsored),
        "ministry_weights": frame["ministry_weights"],
        "sensitivity": frame["sensitivity"],
        "blame": frame["blame"],
        "key_order": frame["key_order"],
        "first_quarter": frame["first_quarter"],
        "without": set(),
        "rivals": {},
        "process": True,
    }
    return {
        "frame": frame,
        "own": own,
        "slots": slots,
        "design": design,
        "later_design": {**random_design(dice, n, k), "obligation": design["obligation"]},
        "world": random_world(dice, n, k, sponsored),
        "setting": setting,
        "luck": [random_luck(dice, n, k) for _ in range(quarters)],
    }


def random_frame(dice, n, k, quarters):
    """What all histories of a run share: issues, slots, figures of states by quarter."""
    base = {
        "capacity": dice.row(n, 0.1, 1.0),
        "stability": dice.row(n),
        "origin": dice.row(n, 0.05, 1.0),
        "transit": dice.row(n, 0.05, 1.0),
        "destination": dice.row(n, 0.05, 1.0),
    }
    salience = dice.table(n, k)
    flow = [[share * 0.5 for share in row] for row in dice.pairs(n, 0.0, 1.0 / n)]
    by_quarter = []
    for _ in range(quarters):
        by_quarter.append(
            {
                **{name: [x * dice.number(0.9, 1.0) for x in row] for name, row in base.items()},
                "salience": [[x * dice.number(0.9, 1.0) for x in row] for row in salience],
                "flow_share": [[x * dice.number(0.9, 1.0) for x in row] for row in flow],
                "treated": [int(issue < 2 or dice.chance(0.6)) for issue in range(k)],
                "overlap": dice.chance(0.1),
            }
        )
    slots = []
    for rank, kind in enumerate(KINDS):
        for copy in range(1 + dice.chance(0.5)):
            slots.append(
                {
                    "kind": kind,
                    "name": f"{kind} {copy + 1}",
                    "people": dice.pick([1, 2, 3, 4]),
                    "political": (0.0, 0.2, 0.5, 1.0)[rank],
                    "mix": dice.shares(3)
                    if dice.chance(0.6)
                    else dice.pick([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]),
                    "steering": int(kind == "working-group" and dice.chance(0.4)),
                    "grouped": int(dice.chance(0.6)),
                    "limit": (2, 2, 4, 5)[rank],
                    "priority": 3 - rank,
                }
            )
    return {
        "quarters": by_quarter,
        "slots": slots,
        "interest_loading": dice.table(k, 3, -1.0, 1.0),
        "ministry_offset": dice.table(k, 3, -1.0, 1.0),
        "ministry_weights": dice.shares(3),
        "sensitivity": dice.row(k),
        "blame": [dice.chance(0.6) * dice.number() for _ in range(k)],
        "key_order": dice.order(n),
        "bond": dice.pairs(n),
        "first_quarter": 7984 + dice.pick([0, 0, 1, 2, 3]),
    }


def interest(frame, par, own, roles):
    """(S14) what each ministry of a state wants on each issue."""
    weights, whole = frame["ministry_weights"], sum(roles)
    seats = []
    for m in range(3):
        seat = []
        for k, (loading, offset) in enumerate(
            zip(frame["interest_loading"], frame["ministry_offset"], strict=True)
        ):
            led = sum(part * role for part, role in zip(loading, roles, strict=True)) / whole
            middle = sum(w * o for w, o in zip(weights, offset, strict=True))
            wanted = par["interest_scale"] * led + par["ministry_scale"] * (offset[m] - middle)
            seat.append(max(-1.0, min(1.0, wanted + par["interest_sd"] * own[k])))
        seats.append(seat)
    return seats


def random_design(dice, n, k):
    """Dials within their bounds, each kind of choice taken now and then."""
    return {
        "confidentiality": dice.number(),
        "follow_up": dice.number(),
        "reporting": dice.number(),
        "secretariat": dice.chance(0.7),
        "contact_list": dice.number(),
        "focal_points": dice.chance(0.7) * dice.number(),
        "rotates": dice.chance(0.6),
        "caution": dice.number(),
        "openness": dice.number(),
        "organisations": dice.pick([0, 0, 3, 12]),
        "plan_sought": dice.chance(0.7),
        "load": dice.number(0.2, 3.0) if dice.chance(0.6) else dice.number(0.1, 0.5),
        "due": dice.pick([8, 12, 12]),
        "count": [float(1 + int(4 * dice.number())) for _ in range(k)],
        "evaluation": dice.pick([0, 2, 4]),
        "database": dice.chance(0.5),
        "data_security": dice.number(),
        "capacity_building": dice.number(),
        "backers": [dice.chance(0.25) for _ in range(n)],
        "backers_share": dice.number(0.3, 0.9),
        "sponsor_salience": dice.row(k),
        "obligation": 0.0,  # the highest of the calendar, set with it
        "closing_rule": dice.pick(["none", "none", "sunset", "review"]),
        "sunset_quarter": 6,
        "review_patience": 12,
        "steering": [int(i < 3 or dice.chance(0.3)) for i in range(n)],
        "priority": dice.row(k, 0.3, 1.0),
    }


def random_calendar(dice, frame_slots, quarters, design):
    """Slots with what this history makes of them, and the quarters for which each is planned."""
    slots = []
    for place, slot in enumerate(frame_slots):
        text = "none"
        if slot["kind"] in ("senior", "ministerial"):
            text = dice.pick(["none", "declaration", "recommendations", "plan", "binding"])
        obligation = 0.0
        if text in ("plan", "binding"):
            obligation = dice.number(0.1, 1.0)
        elif text != "none":
            obligation = dice.number(0.0, 0.4)
        days = dice.pick([1, 2, 3])
        slots.append(
            {
                **slot,
                "column": place,
                "days": days,
                "hours": 6.0 * days,
                "record": dice.number(),
                "text": text,
                "obligation": obligation,
                "room_size": dice.pick([0, 3, 5]) if slot["grouped"] else 0,
                "observed": dice.chance(0.7),
            }
        )
    often = [dice.number(0.1, 0.5) for _ in slots]
    calendar = [
        [slot for slot, p in zip(slots, often, strict=True) if dice.chance(p)] for _ in range(quarters)
    ]
    design["obligation"] = max((slot["obligation"] for held in calendar for slot in held), default=0.0)
    rates = [  # no luck in it, so that the rest of a case stays what it was
        [[slot, (7 * place + 3 * q) % 9 / 2] for place, slot in enumerate(slots)] for q in range(quarters)
    ]
    return slots, calendar, rates


def random_inputs(dice, frame, par, own, sponsored):
    """What comes from outside, quarter by quarter; members may join or leave, the chair goes round."""
    n, k = len(own), len(own[0])
    purse = dice.shares(n)
    steady = {
        "sovereignty": dice.row(n),
        "exposure": dice.row(n),
        "guardedness": dice.row(n),
        "bond": frame["bond"],
        "trust_prior": dice.pairs(n, 0.2, 0.9),
    }
    joins, leaves = [dice.chance(0.15) for _ in range(n)], [dice.chance(0.15) for _ in range(n)]
    chaired, share, climate = dice.chance(0.7), dice.number(0.2, 0.8) * sponsored, 0.0
    inputs = []
    for q, figures in enumerate(frame["quarters"]):
        present = [int(i < 2 or not ((joins[i] and q < 3) or (leaves[i] and q > 4))) for i in range(n)]
        members = [i for i in range(n) if present[i]]
        chair = [0.0] * n
        if chaired:
            chair[members[q % len(members)]] = 1.0
        climate = 0.84 * climate + 0.3 * dice.number(-1, 1)
        roles = [[figures[name][i] for name in ("origin", "transit", "destination")] for i in range(n)]
        inputs.append(
            {
                **steady,
                **{
                    name: figures[name]
                    for name in ("capacity", "stability", "salience", "flow_share", "treated", "overlap")
                },
                "profile": [interest(frame, par, own[i], roles[i]) for i in range(n)],
                "image": [interest(frame, par, own[i], [r * r for r in roles[i]]) for i in range(n)],
                "present": present,
                "ability": [purse[i] * present[i] / sum(purse[j] for j in members) for i in range(n)],
                "salience_event": [
                    [dice.chance(0.1) * dice.number(0, 0.4) for _ in range(k)] for _ in range(n)
                ],
                "capacity_event": [dice.chance(0.1) * dice.number(-0.3, 0.1) for _ in range(n)],
                "incentive": [[dice.chance(0.1) * dice.number() for _ in range(k)] for _ in range(n)],
                "event_crisis": [dice.chance(0.1) for _ in range(n)],
                "chair": chair,
                "sponsor_share": max(0.0, share - 0.05 * (q // 4)) if share else 0.0,
                "climate": climate,
            }
        )
    return inputs


def random_luck(dice, n, k):
    """The uniforms and normals of one quarter, strictly between 0 and 1."""
    small = 1e-9
    normal = NormalDist()
    return {
        "turnover": dice.table(n, 3, small, 1 - small),
        "leak": dice.row(n, small, 1 - small),
        "source": dice.row(n, small, 1 - small),
        "attribution": dice.row(n, small, 1 - small),
        "deal": dice.table(n, n, small, 1 - small),
        "joint": dice.table(n, n, small, 1 - small),
        "pulse": dice.row(k, small, 1 - small),
        "pulse_size": dice.row(k, small, 1 - small),
        "pulse_sign": dice.row(k, small, 1 - small),
        "government": dice.row(n, small, 1 - small),
        "government_z": [normal.inv_cdf(dice.number(0.001, 0.999)) for _ in range(n)],
        "newcomer_discretion": dice.row(n),
        "newcomer_comfort": dice.row(n),
    }


def random_world(dice, n, k, sponsored):
    """A process in mid-life: some terms defined, some items open, evidence of all kinds."""
    law = dice.table(n, k, -1.0, 1.0)
    founding_law = [[max(-1.0, min(1.0, x + dice.number(-0.2, 0.2))) for x in row] for row in law]
    age = [dice.pick([0, 0, 2, 7, 11, 14]) for _ in range(k)]
    open_now = [int(a > 0 and dice.chance(0.7)) for a in age]
    floor = dice.row(n)
    entrusted = dice.pairs(n, 0.0, 2.0)
    deals, acted = [[0] * n for _ in range(n)], [[0] * n for _ in range(n)]
    gain = [[0.0] * n for _ in range(n)]
    for i in range(n):
        for j in range(i):
            deals[i][j] = deals[j][i] = dice.pick([0, 0, 1])
            acted[i][j] = acted[j][i] = dice.pick([0, 0, 1])
            gain[i][j] = gain[j][i] = dice.number(0.0, 0.6)
    understanding = dice.table(n, k, 0.05, 0.5)
    judged = [[int(a > 0 and dice.chance(0.7)) for a in age] for _ in range(n)]
    return {
        "position": [dice.table(3, k, -0.8, 0.8) for _ in range(n)],
        "stated": dice.table(n, k, -1.0, 1.0),
        "law": law,
        "founding_law": founding_law,
        "exists": dice.table(n, k, 0.3, 1.0),
        "founding_understanding": understanding,
        "understanding": [[u + 0.5 * dice.number() * (1 - u) for u in row] for row in understanding],
        "usage": [[dice.shares(3) for _ in range(k)] for _ in range(n)],
        "home_usage": [[dice.shares(3) for _ in range(k)] for _ in range(n)],
        "floor": floor,
        "backing": [low + dice.number() * (1 - low) for low in floor],
        "discretion": dice.row(n),
        "comfort": dice.row(n),
        "capacity_built": dice.row(n, 0.0, 0.2),
        "salience_pulse": dice.table(n, k, -0.1, 0.1),
        "government": dice.row(n, -0.5, 0.5),
        "crisis": [dice.pick([0, 0, 0, 2]) for _ in range(n)],
        "kept": dice.pairs(n, 0.0, 8.0),
        "broken": dice.pairs(n, 0.0, 4.0),
        "entrusted": entrusted,
        "entrusted_sensitive": [[dice.number() * x for x in row] for row in entrusted],
        "ties": dice.pairs(n, 0.04, 0.9),
        "empathy": dice.pairs(n, 0.15, 0.7),
        "deals": deals,
        "gain": gain,
        "acted": acted,
        "commitment": dice.row(n, 0.2, 0.9),
        "newcomer": [dice.chance(0.3) * dice.number() for _ in range(n)],
        "bound": [[dice.chance(0.8) for _ in range(k)] for _ in range(n)],
        "law_at_adoption": [[max(-1.0, min(1.0, x + dice.number(-0.4, 0.4))) for x in row] for row in law],
        "achieved": [[dice.number() * known for known in row] for row in judged],
        "judged": judged,
        "unkept": dice.row(n, 0.0, 2.0),
        "flow_relevance": dice.row(n),
        "flow_value": dice.row(n),
        "flow_outcome": dice.row(n),
        "flow_paid": dice.row(n, 0.0, 2.0),
        "flow_cost": dice.row(n),
        "credit_kept": dice.number(1, 6),
        "credit_broken": dice.number(1, 3),
        "memory": dice.shares(k) if dice.chance(0.7) else [0.0] * k,
        "live": [dice.pick([0, 3, 7, 12]) for _ in range(k)],
        "spent": dice.row(k, 0.0, 10.0),
        "defined": [dice.chance(0.3) for _ in range(k)],
        "open": open_now,
        "target": dice.row(k, -0.8, 0.8),
        "load": [dice.number(0.2, 2.0) if a else 1.0 for a in age],
        "age": age,
        "obligation": [dice.number() if a else 0.0 for a in age],
        "due_done": [int(a >= 12) for a in age],
        "items_adopted": [int(a > 0) for a in age],
        "items_closed": [int(a > 0 and not still) for a, still in zip(age, open_now, strict=True)],
        "data_share": dice.number(),
        "treasury": dice.number(0.0, 600.0),
        "activity": dice.number(),
        "sponsor_active": sponsored,
        "sponsor_discontent": dice.pick([0, 3, 7]) * sponsored,
        "since_meeting": dice.pick([0, 1, 7]),
        "dormant_for": 0,
        "idle": dice.pick([0, 5, 11]),
        "mean_delivered_before": dice.number(),
        "status": 1,
    }
