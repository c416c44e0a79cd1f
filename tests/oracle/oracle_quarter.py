"""One quarter, in the order of the theory, from shocks to the life cycle."""

import math

from tests.oracle.oracle_meeting import Meeting
from tests.oracle.oracle_world import EPSILON, OracleWorld, clip, keep, saturate, sigma

BILATERAL = 0.04  # the tie that bilateral life alone keeps up
ACTIVE, DORMANT, STARVED, SPONSOR_CLOSED, ABSORBED, DONE, CLOSED_BY_RULE = 1, 2, 3, 4, 5, 6, 7


def play_quarter(world, setting, q, luck):
    """Play one quarter of one history; return the next world and what happened (README.md tells both)."""
    oracle = OracleWorld(world)
    minutes = advance(oracle, setting, q, luck)
    return oracle.as_dict(), minutes


def advance(oracle, setting, q, luck):
    """Play one quarter on a world of objects, which is changed; return what happened."""
    quarter = Quarter(oracle, setting, q, luck)
    quarter.shock()
    quarter.turn_over()
    quarter.meet()
    quarter.forget_and_go_home()
    quarter.telephone_and_bilateral_hours()
    if "leak_or_keep" not in quarter.without:
        quarter.leak_or_keep()
    quarter.keep_contact()
    if quarter.alive and quarter.design["database"] and "pool_data" not in quarter.without:
        quarter.pool_data()
    quarter.coordinate_ministries()
    quarter.follow_up()
    if "implement" not in quarter.without:
        quarter.implement()
    if "follow_up" not in quarter.without:
        quarter.evaluate()
    if quarter.alive:
        quarter.take_stock()
    if "bargain" not in quarter.without:
        quarter.bargain()
    oracle.process.live = [quarters + 1 for quarters in oracle.process.live]
    if "respond" not in quarter.without:
        quarter.respond()
    if quarter.alive and "commit_and_fund" not in quarter.without:
        quarter.commit_and_fund()
    if not quarter.twin and "live_or_die" not in quarter.without:
        quarter.live_or_die()
    return quarter.minutes()


def mean(values):
    """The mean, 0 of nothing."""
    return sum(values) / len(values) if values else 0.0


def median(values):
    """The median of a list that is not empty."""
    ordered, half = sorted(values), len(values) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


class Quarter:
    """A quarter under way: what is given from outside, and the sums its steps hand to each other."""

    def __init__(self, oracle, setting, q, luck):
        self.states, self.process, self.q, self.luck = oracle.states, oracle.process, q, luck
        self.par, self.design = setting["par"], setting["design"]
        self.inputs, self.every_input = setting["inputs"][q], setting["inputs"]
        self.calendar, self.first_quarter = setting["calendar"], setting["first_quarter"]
        self.rates = setting["rates"][q]
        self.weights, self.sensitivity = setting["ministry_weights"], setting["sensitivity"]
        self.blame, self.key_order = setting["blame"], setting["key_order"]
        self.without, self.rivals = setting.get("without", set()), setting.get("rivals", {})
        self.twin = not setting.get("process", True)
        self.n, self.k = len(self.states), len(self.sensitivity)
        self.present = self.inputs["present"]
        self.members = [i for i in range(self.n) if self.present[i]]
        process = self.process
        self.alive = not self.twin and process.status in (ACTIVE, DORMANT)
        self.secretariat = self.design["secretariat"] if self.alive else 0
        self.confidentiality = self.design["confidentiality"] if self.alive else 0.0
        self.slots = self.calendar[q] if self.alive else []
        if self.alive and q > 0:
            before = self.every_input[q - 1]["present"]
            for i in self.members:
                if not before[i]:
                    self.states[i].commitment = 0.5
        self.set_chair_and_money()
        for state, image, profile in zip(
            self.states, self.inputs["image"], self.inputs["profile"], strict=True
        ):
            state.begin_quarter(self.weights, image, profile)
        n = self.n
        self.days, self.delegate_days, self.political_hours = [0.0] * n, [0.0] * n, [0.0] * n
        self.days_on = [[0.0] * self.k for _ in range(n)]
        self.candid = [[0.0] * n for _ in range(n)]  # d_ij, the listener first
        self.candid_sensitive = [[0.0] * n for _ in range(n)]
        self.contact = [[0.0] * n for _ in range(n)]  # i < j: small-room hours of the pair
        self.corridor = [[0.0] * n for _ in range(n)]  # i < j: corridor hours of the pair
        self.meetings, self.called = [], []
        self.leaks, self.deals, self.joint_acts, self.closed = [], [], [], []
        self.dropped = set()

    def set_chair_and_money(self):
        """The chair, loquacity (M13), the key (O9) and the year's cost: fixed for the quarter."""
        members, ability = self.members, self.inputs["ability"]
        self.chaired = sum(self.inputs["chair"]) > 0
        even = 1 / max(1, len(members))
        self.chair = self.inputs["chair"] if self.chaired else [even * (p > 0) for p in self.present]
        self.loudness = [clip(math.sqrt(len(members) * share), 0.3, 3.0) for share in ability]
        self.sponsor_share = self.inputs["sponsor_share"] * self.process.sponsor_active if self.alive else 0.0
        backers = [i for i in members if self.design["backers"][i]]
        others = [i for i in members if not self.design["backers"][i]]
        groups = [(backers, self.design["backers_share"]), (others, 1 - self.design["backers_share"])]
        if not backers or not others:
            groups = [(members, 1.0)]
        self.backed = bool(backers) and self.design["backers_share"] > 0
        self.key = [0.0] * self.n
        for group, share in groups:
            total = max(sum(ability[i] for i in group), EPSILON)
            for i in group:
                self.key[i] = share * ability[i] / total
        self.planned_pay = [key * (1 - self.sponsor_share) for key in self.key]
        self.secretariat_cost = self.par["secretariat_cost"] * 20 * self.secretariat
        meetings = sum(a_year * self.planned_cost(slot) for slot, a_year in self.rates)
        self.annual_cost = meetings + self.secretariat_cost

    # step 0

    def shock(self):
        """(E2–E6) salience, capacity, incentives, governments and climate of the quarter."""
        par, luck, inputs, issues = self.par, self.luck, self.inputs, range(self.k)
        self.crisis_now = [False] * self.n
        if "shock" in self.without:
            self.salience = self.every_input[0]["salience"]
            self.capacity = self.capacity_now(self.every_input[0]["capacity"], [0.0] * self.n)
            self.incentive = [[0.0] * self.k for _ in range(self.n)]
            self.government, self.climate = [0.0] * self.n, 0.0
            return
        pulse, left = [0.0] * self.k, keep(4)
        everywhere = False
        for k in issues:
            if luck["pulse"][k] < par["pulse_hazard"] / 3:
                size, up = 0.1 + 0.3 * luck["pulse_size"][k], luck["pulse_sign"][k] < 0.5
                pulse[k] = size if up else -size
                everywhere = everywhere or (up and size >= 0.25)
        self.salience = []
        for i, state in enumerate(self.states):
            base, event = inputs["salience"][i], inputs["salience_event"][i]
            for k in issues:
                founding = self.every_input[0]["salience"][i][k]
                state.salience_pulse[k] = left * state.salience_pulse[k] + pulse[k] * founding
            self.salience.append([clip(base[k] + event[k] + state.salience_pulse[k]) for k in issues])
            if luck["government"][i] < par["government_hazard"]:
                state.government = par["government_sd"] * luck["government_z"][i]
            self.crisis_now[i] = everywhere or bool(inputs["event_crisis"][i])
        self.capacity = self.capacity_now(inputs["capacity"], inputs["capacity_event"])
        self.incentive, self.climate = inputs["incentive"], inputs["climate"]
        self.government = [state.government for state in self.states]

    def capacity_now(self, own, event):
        """(G4) capacity with what was built and what events took or gave."""
        return [
            clip(mine + state.capacity_built + shift, 0.02, 1.0)
            for mine, state, shift in zip(own, self.states, event, strict=True)
        ]

    # step 1

    def turn_over(self):
        """(D7) credit decays; (D1–D5) who is replaced, and what goes with them."""
        par, luck, process = self.par, self.luck, self.process
        name = "credit_halflife_secretariat" if self.secretariat else "credit_halflife_bare"
        left = keep(par[name])
        process.credit_kept = 1 + left * (process.credit_kept - 1)
        process.credit_broken = 1 + left * (process.credit_broken - 1)
        if "turn_over" in self.without:
            return
        replaced = []
        for i in range(self.n):
            hazard = par["turnover_base"] * (
                1 + par["turnover_instability"] * (1 - self.inputs["stability"][i])
            )
            chance = saturate(hazard)
            seats = zip(self.weights, luck["turnover"][i], strict=True)
            replaced.append(sum(weight for weight, u in seats if u < chance))
        contacts = self.design["contact_list"] * self.secretariat
        for i, share in enumerate(replaced):
            state = self.states[i]
            if share > 0:
                state.discretion += share * (luck["newcomer_discretion"][i] - state.discretion)
                state.comfort += share * (luck["newcomer_comfort"][i] - state.comfort)
                for k in range(self.k):
                    gained = state.understanding[k] - state.founding_understanding[k]
                    state.understanding[k] -= share * (1 - par["file"]) * gained
                state.newcomer = min(1.0, state.newcomer + share)
            for j, theirs in enumerate(replaced):
                if j != i and (share > 0 or theirs > 0):
                    left = (1 - share * (1 - par["file"])) * (1 - theirs * (1 - par["reputation"]))
                    state.kept[j] *= left
                    state.broken[j] *= left
                    state.entrusted[j] *= left
                    state.entrusted_sensitive[j] *= left
                    known = (1 - share * (1 - contacts)) * (1 - theirs * (1 - contacts))
                    state.ties[j] -= (1 - known) * max(0.0, state.ties[j] - BILATERAL)

    # step 2

    def invited(self, slot):
        """The members a meeting is for."""
        return [i for i in self.members if not slot["steering"] or self.design["steering"][i]]

    def planned_cost(self, slot):
        """(O8) delegate-days of a meeting to which all come who are invited."""
        return len(self.invited(slot)) * slot["days"] * slot["people"]

    def participation(self, slot):
        """(M1) how far each comes."""
        par, inputs = self.par, self.inputs
        a = [0.0] * self.n
        for i in self.invited(slot):
            if "attend" in self.without:
                a[i] = 1.0
                continue
            capacity = self.capacity[i]
            a[i] = sigma(
                par["attend_slope"] * (self.states[i].commitment - par["attend_threshold"])
                + 1.5 * self.sponsor_share * (1 - capacity)
                - 0.5 * self.design["obligation"] * inputs["sovereignty"][i]
                - par["concurrency"] * slot["days"] / (20 * capacity)
            )
        return a

    def meet(self):
        """(O8, M2) which meetings are called and held, and what happens in them."""
        process = self.process
        if not self.alive:
            return
        paid = "commit_and_fund" not in self.without
        coming = [self.participation(slot) for slot in self.slots]
        costs = [self.planned_cost(slot) for slot in self.slots]
        if paid:
            process.treasury -= min(process.treasury, self.secretariat_cost / 4)
        purse, called = process.treasury, set()
        for s in sorted(range(len(self.slots)), key=lambda s: self.slots[s]["priority"]):
            if not paid or costs[s] <= purse:
                called.add(s)
                purse -= costs[s]
        self.called = sorted(called)
        for s in self.called:
            a, invited = coming[s], len(self.invited(self.slots[s]))
            if invited >= 2 and sum(a) >= self.par["quorum"] * invited:
                meeting = Meeting(self, self.slots[s], a)
                meeting.number = s
                meeting.take_place()
                self.meetings.append(meeting)
                if paid:
                    process.treasury -= sum(a) * self.slots[s]["days"] * self.slots[s]["people"]
        if self.slots and len(self.meetings) == len(self.slots):
            process.credit_kept += 0.05

    def forget_and_go_home(self):
        """(L5, U7, U8) once a quarter: words of home return, understanding and empathy fade."""
        par = self.par
        knows, feels, pull = (
            keep(par["understanding_halflife"]),
            keep(par["empathy_halflife"]),
            par["home_pull"],
        )
        for state in self.states:
            for k in range(self.k):
                start = state.founding_understanding[k]
                state.understanding[k] = start + knows * (state.understanding[k] - start)
                state.usage[k] = [
                    u + pull * (h - u) for u, h in zip(state.usage[k], state.home_usage[k], strict=True)
                ]
            for j in range(self.n):
                if j != state.number:
                    state.empathy[j] = 0.15 + feels * (state.empathy[j] - 0.15)

    # step 3

    def telephone_and_bilateral_hours(self):
        """(N3, E7) hours between meetings, for each ordered pair of members."""
        par, states = self.par, self.states
        focal = self.design["focal_points"] * par["focal_hours"]
        calls = self.alive and self.process.status == ACTIVE and "keep_contact" not in self.without
        bilateral = 0.0 if "background" in self.without else par["background_hours"]
        busy = [min(1.0, days / 6) for days in self.days]
        root = [math.sqrt(state.commitment) for state in states]
        self.telephone = [[0.0] * self.n for _ in range(self.n)]
        self.bilateral = [[0.0] * self.n for _ in range(self.n)]
        for i in self.members:
            for j in self.members:
                if i != j:
                    if calls:
                        self.telephone[i][j] = focal * root[i] * root[j] * states[i].ties[j]
                    displaced = par["displacement"] * 0.25 * (busy[i] + busy[j]) / 2
                    self.bilateral[i][j] = bilateral * self.inputs["bond"][i][j] * (1 - displaced)

    def leak_or_keep(self):
        """(T2–T10) what was confided this quarter, what leaked of it, and what was kept."""
        par, states, luck = self.par, self.states, self.luck
        exposure, prior = self.inputs["exposure"], self.inputs["trust_prior"]
        breach = 1.0 if self.rivals.get("leak_or_keep") == "symmetric" else par["breach_weight"]
        trust_before = {}  # only what a source may need
        left, plain = keep(par["evidence_halflife"]), sigma(par["candour_base"])
        before = [(state.kept, state.broken) for state in states]
        for i, state in enumerate(states):
            state.kept, state.broken = [left * x for x in state.kept], [left * x for x in state.broken]
            for j in range(self.n):
                between = (self.telephone[i][j] + self.bilateral[i][j]) * plain
                hours = self.candid[j][i] + between
                if i != j and hours > 0:
                    told = par["entrust"] * saturate(hours / par["entrust_hours"])
                    state.entrusted[j] += told
                    delicate = self.candid_sensitive[j][i] + 0.5 * between
                    state.entrusted_sensitive[j] += told * delicate / (hours + EPSILON)
                    state.broken[j] += 0.15 * told
        by_key = sorted(self.members, key=lambda i: self.key_order[i])
        unrewarded = set()
        for j, listener in enumerate(states):
            weight = {i: states[i].entrusted_sensitive[j] * exposure[i] for i in by_key if i != j}
            total = sum(weight.values())
            held = self.confidentiality if self.present[j] else 0.0
            hazard = par["leak"] * (1 - par["rules_hold"] * held) * (1 - listener.discretion) * total
            if not hazard > -math.log(luck["leak"][j]):
                continue
            point, s = luck["source"][j] * total, None
            for i, width in weight.items():
                if width > 0:
                    s = i
                    if point < width:
                        break
                    point -= width
            attributed = luck["attribution"][j] < par["attribution"]
            self.leaks.append((j, s, attributed))
            if attributed:
                unrewarded.add((s, j))
                states[s].broken[j] += breach
                for i in self.members if self.alive else []:
                    if i not in (s, j):
                        states[i].broken[j] += breach * par["hearsay"]
            else:
                if s not in trust_before:
                    n0, (kept, broken) = par["prior_weight"], before[s]
                    trust_before[s] = [
                        (kept[m] + n0 * prior[s][m]) / (kept[m] + broken[m] + n0) for m in range(self.n)
                    ]
                suspicion = {
                    m: states[s].entrusted[m] * (1 - trust_before[s][m]) for m in self.members if m != s
                }
                whole = sum(suspicion.values()) + EPSILON
                for m, share in suspicion.items():
                    states[s].broken[m] += breach * share / whole
            states[s].backing = max(states[s].floor, states[s].backing - par["leak_cost"])
            if self.alive:
                self.process.credit_broken += 0.5
        for i, state in enumerate(states):
            for j in range(self.n):
                if i != j:
                    if (i, j) not in unrewarded:
                        state.kept[j] += par["test"] * state.entrusted[j]
                    state.entrusted[j] *= 1 - par["test"]
                    state.entrusted_sensitive[j] *= 1 - par["test"]

    # step 4

    def keep_contact(self):
        """(N1–N2) ties fade and are renewed by meeting in small company and by telephone."""
        left, hours = keep(self.par["ties_halflife"]), self.par["ties_hours"]
        for i, state in enumerate(self.states):
            for j in range(self.n):
                if i != j:
                    tie = BILATERAL + left * (state.ties[j] - BILATERAL)
                    met = self.contact[min(i, j)][max(i, j)] + self.telephone[i][j]
                    state.ties[j] = tie + saturate(met / hours) * (1 - tie) if met > 0 else tie

    def pool_data(self):
        """(N5–N8) data put into the shared base, and what is learnt in proportion."""
        par, process, members = self.par, self.process, self.members
        treated = [k for k in range(self.k) if self.inputs["treated"][k]]
        willing = sigma(4 * (process.data_share - par["data_risk"] * (1 - self.design["data_security"])))
        put = {i: self.states[i].commitment * self.capacity[i] * willing for i in members}
        comparable = 0.3 + 0.7 * mean([process.defined[k] for k in treated])
        whole = sum(self.capacity[i] for i in members) + EPSILON
        process.data_share += 0.25 * (comparable * sum(put.values()) / whole - process.data_share)
        for i in members:
            share = saturate(par["data_learning"] * process.data_share * put[i])
            known = self.states[i].understanding
            for k in treated:
                known[k] += share * (1 - known[k])

    # step 5

    def coordinate_ministries(self):
        """(P8–P10, P7) ministries are brought to one line; what is stated follows; home pulls back."""
        returning, follows = 1 - keep(self.par["return_halflife"]), 1 - 2 ** (-1 / 8)
        together = "coordinate_ministries" not in self.without
        self.coherence, self.lines = [], []
        for i, state in enumerate(self.states):
            line = state.national_line(self.weights)
            uneven, cared = 0.0, 0.0
            for k in range(self.k):
                spread = 0.0
                pull = saturate(self.par["coordination"] * self.days_on[i][k]) if together else 0.0
                for w, seat, interest in zip(self.weights, state.position, state.interest, strict=True):
                    seat[k] += pull * (line[k] - seat[k])
                    spread += w * (seat[k] - line[k]) ** 2
                    seat[k] += returning * (interest[k] - seat[k])
                uneven += self.salience[i][k] * math.sqrt(spread)
                cared += self.salience[i][k]
                aim = clip(line[k] + 0.45 * state.mean_interest[k], -1.0, 1.0)
                state.stated[k] += follows * (aim - state.stated[k])
            self.coherence.append(1 - min(1.0, uneven / (cared + EPSILON)))
            self.lines.append(state.national_line(self.weights))

    # step 6

    def delivered(self, i, k):
        """δ_ik, how far a bound state has come of what was asked of the way to the target."""
        state, target = self.states[i], self.process.target[k]
        way = abs(target - state.law_at_adoption[k])
        reach = min(1.0, 2 * self.process.load[k])
        return clip((1 - abs(target - state.law[k]) / max(way, EPSILON)) / reach)

    def in_hand(self, i):
        """The open items that bind a state and that it had not settled at adoption."""
        state, process = self.states[i], self.process
        return [
            k
            for k in range(self.k)
            if process.open[k]
            and state.bound[k]
            and abs(process.target[k] - state.law_at_adoption[k]) > self.par["tolerance"]
        ]

    def delivery_of(self, k):
        """δ of the members for whom an item is open, by state."""
        return {i: self.delivered(i, k) for i in self.members if k in self.items_of[i]}

    def open_items(self):
        """The issues on which an item is open."""
        return [k for k in range(self.k) if self.process.open[k]]

    def follow_up(self):
        """(G1–G3) items age; what is due is judged."""
        process, par, design = self.process, self.par, self.design
        self.items_of = [self.in_hand(i) for i in range(self.n)]
        self.counted = [list(items) for items in self.items_of]
        self.pressed, open_items = 0.0, self.open_items()
        left = keep(par["unkept_halflife"])
        for state in self.states:
            state.unkept *= left
        for k in open_items:
            process.age[k] += 1
        if not self.alive:
            return
        if "follow_up" not in self.without:
            self.pressed = design["follow_up"] * (1.0 if self.secretariat else 0.5)
        for k in open_items:
            if process.age[k] >= design["due"] and not process.due_done[k]:
                process.due_done[k] = 1
                delivery = self.delivery_of(k)
                if delivery:
                    done = mean(list(delivery.values()))
                    process.credit_kept += done
                    process.credit_broken += max(process.obligation[k], 0.1) * (1 - done)
                for i, share in delivery.items():
                    self.states[i].unkept += 1 - share

    def implement(self):
        """(G4–G13) law moves by its drift, by work on items and by incentives; backing, capacity follow."""
        par, process, states = self.par, self.process, self.states
        drift = 0.0 if "background" in self.without else par["incentive_drift"]
        erosion = 1 - keep(par["erosion_halflife"])
        ability = self.inputs["ability"]
        offered = sum(ability[i] for i in self.members) + EPSILON
        norm = [sum(ability[i] * self.lines[i][k] for i in self.members) / offered for k in range(self.k)]
        peers = {k: self.delivery_of(k) for k in self.open_items()} if self.alive else {}
        in_work = self.items_of if self.alive else [[] for _ in states]
        effort = [self.effort_of(i, items, peers) if items else {} for i, items in enumerate(in_work)]
        fading = 1 - keep(par["backing_halflife"])
        builds = self.alive and (self.sponsor_share > 0 or self.backed)
        for i, state in enumerate(states):
            for k in range(self.k):
                law, line = state.law[k], self.lines[i][k]
                worked = effort[i].get(k, 0.0)
                change = par["own_drift"] * (line - law)
                if worked > 0:
                    change += saturate(worked) * (process.target[k] - law)
                change += drift * self.incentive[i][k] * (norm[k] - law)
                change = state.exists[k] * change + erosion * (state.founding_law[k] - law)
                state.law[k] = clip(law + change, -1.0, 1.0)
                state.exists[k] += min(1.0, par["policy_birth"] * worked) * (1 - state.exists[k])
            state.backing += fading * (state.floor - state.backing)
            state.backing += (1 - state.backing) * saturate(par["backing_rate"] * self.political_hours[i])
            if builds and self.present[i]:
                rate = par["capacity_building_rate"] * self.design["capacity_building"]
                state.capacity_built += rate * (1 - self.capacity[i]) * (0.25 - state.capacity_built)
        for k in self.open_items() if self.alive else []:
            delivery = list(self.delivery_of(k).values())
            if not delivery or median(delivery) >= 0.9:
                if not process.due_done[k]:
                    process.credit_kept += mean(delivery)
                    process.due_done[k] = 1
                self.close(k)
                process.items_closed[k] += 1

    def close(self, k):
        """An item is open no longer."""
        self.process.open[k] = 0
        self.closed.append(k)
        for items in self.items_of:
            if k in items:
                items.remove(k)

    def effort_of(self, i, items, peers):
        """(G5–G11) the effort a state gives each open item; peers: what each member delivered of each."""
        par, process, state, design = self.par, self.process, self.states[i], self.design
        budget = par["effort_floor"] + (1 - par["effort_floor"]) * state.commitment * state.backing
        budget *= self.capacity[i] * math.sqrt(self.coherence[i])
        budget *= 1 - par["reporting_cost"] * (self.pressed + design["reporting"]) / 2
        budget *= 1 - par["crowding_out"] * self.secretariat
        count = sum(design["count"][k] for k in items)
        usable = budget / (1 + par["overload"] * max(0.0, count - 1))
        reminded = 1 + par["reminder"] * self.pressed
        order = self.rivals.get("implement", "equal")
        weight = {}
        for k in items:
            weight[k] = reminded
            if order == "easiest_first":
                weight[k] *= math.exp(-4 * abs(self.lines[i][k] - process.target[k]))
            elif order == "due_first":
                weight[k] /= 1 + max(0, design["due"] - process.age[k])
        desk = 1 + sum(weight.values())  # one file of its own beside them
        effort = {}
        for k in items:
            work = min(1.0, par["parallel_items"] * usable * weight[k] / desk)
            published = 1 - par["closed_loss"] * self.confidentiality * self.sensitivity[k]
            able = par["gate_floor"] + (1 - par["gate_floor"]) * state.understanding[k] * published
            gate = able * max(0.0, 1 - abs(self.lines[i][k] - process.target[k]) / 2)
            known, seen = 0.0, 0.0
            for j, share in peers[k].items():
                known += state.ties[j]
                seen += state.ties[j] * share
            ahead = max(0.0, seen / (known + EPSILON) - self.delivered(i, k))
            push = 1 + par["obligation_effort"] * process.obligation[k]
            push += par["peers"] * (0.5 + 0.5 * design["reporting"]) * published * ahead
            push += self.incentive[i][k]
            effort[k] = par["item_rate"] / process.load[k] * work * gate * push
        return effort

    def evaluate(self):
        """(G14) every so many quarters items that do not move are made lighter or dropped."""
        process, every = self.process, self.design["evaluation"]
        if not self.alive or every <= 0 or (self.q + 1) % every:
            return
        for k in self.open_items():
            done = mean(list(self.delivery_of(k).values()))
            if process.age[k] >= 6 and done < 0.15:
                process.load[k] /= 2
            if process.age[k] >= self.design["due"] and done < 0.5:
                self.close(k)
                self.dropped.add(k)

    def take_stock(self):
        """(G15) what became of the items that were open, for the members they bind."""
        for i in self.members:
            for k in self.counted[i]:
                self.states[i].judged[k] = 1
                self.states[i].achieved[k] = 0.0 if k in self.dropped else self.delivered(i, k)

    # step 7

    def bargain(self):
        """(A9–A12) deals between pairs who can each give what the other cares for more."""
        par, states, members = self.par, self.states, self.members
        if self.twin:
            live = [k for k in range(self.k) if self.inputs["treated"][k]]
        else:
            live = [k for k in range(self.k) if self.process.live[k] < 8]
        flow, prior, n0 = self.inputs["flow_share"], self.inputs["trust_prior"], par["prior_weight"]
        xi = par["coverage"]
        if self.q == 0 or (self.first_quarter + self.q) % 4 == 0:
            for i in range(self.n):
                for j in range(i):
                    states[i].gain[j] = states[j].gain[i] = self.gain(i, j, live)
        for place, i in enumerate(members):
            for j in members[place + 1 :]:
                if states[i].gain[j] <= 0:
                    continue
                both = states[i].trust(j, prior, n0) * states[j].trust(i, prior, n0)
                hazard = par["deal_hazard"] * math.sqrt(both * states[i].empathy[j] * states[j].empathy[i])
                hazard *= states[i].gain[j] * (1 - xi + xi * math.sqrt((flow[i][j] + flow[j][i]) / 2))
                hazard *= (1 + self.corridor[i][j]) / (1 + states[i].deals[j])
                if hazard > -math.log(self.luck["deal"][i][j]):
                    states[i].deals[j] += 1
                    states[j].deals[i] += 1
                    self.deals.append((i, j))

    def gain(self, i, j, live):
        """(A10) the best exchange of two live issues between i and j."""
        mine, theirs, best = self.salience[i], self.salience[j], 0.0
        for k in live:
            for other in live:
                best = max(best, min(mine[other] - mine[k], theirs[k] - theirs[other]))
        return best

    # step 8

    def respond(self):
        """(E10–E12) joint acts of pairs in a crisis, and the ties that come of them."""
        par, states, members = self.par, self.states, self.members
        prior, n0 = self.inputs["trust_prior"], par["prior_weight"]
        for now, state in zip(self.crisis_now, states, strict=True):
            state.crisis = 4 if now else max(0, state.crisis - 1)
        for state in states:
            for j in range(self.n):
                if state.crisis == 0 and states[j].crisis == 0:
                    state.acted[j] = 0
        for place, i in enumerate(members):
            for j in members[place + 1 :]:
                if (states[i].crisis > 0 or states[j].crisis > 0) and not states[i].acted[j]:
                    both = states[i].trust(j, prior, n0) * states[j].trust(i, prior, n0)
                    hazard = par["response_rate"] * math.sqrt(states[i].ties[j] * states[j].ties[i] * both)
                    if hazard > -math.log(self.luck["joint"][i][j]):
                        states[i].ties[j] += 0.1 * (1 - states[i].ties[j])
                        states[j].ties[i] += 0.1 * (1 - states[j].ties[i])
                        states[i].acted[j] = states[j].acted[i] = 1
                        self.joint_acts.append((i, j))

    # step 9

    def settled(self):
        """settled_k: the share of members whose law already is where the members' lines meet."""
        shares, members = [], self.members
        for k in range(self.k):
            middle = mean([self.lines[i][k] for i in members])
            near = [abs(self.states[i].law[k] - middle) <= 0.1 for i in members]
            shares.append(mean(near))
        return shares

    def commit_and_fund(self):
        """(O1–O10) money comes in, what members get out of the process is weighed, commitment follows."""
        par, process, design, inputs = self.par, self.process, self.design, self.inputs
        cost = self.annual_cost / 4
        settled, xi = self.settled(), par["coverage"]
        worth = {}  # what an hour on an issue is worth now, by issue
        for k in range(self.k):
            worth[k] = 1 - par["settled_weight"] * settled[k]
        weigh_value = par["commit_value"] + (0 if design["plan_sought"] else par["commit_outcome"])
        weigh_outcome = par["commit_outcome"] if design["plan_sought"] else 0.0
        speed, income = saturate(1 / par["commit_time"]), self.sponsor_share * cost
        for i in self.members:
            state = self.states[i]
            money = min(1.5, par["payment"] * state.commitment) * self.planned_pay[i] * cost
            income += money
            asked = [meeting for meeting in self.meetings if i in self.invited(meeting.slot)]
            if asked:
                covered = 1 - xi + xi * sum(inputs["flow_share"][i][j] for j in self.members if j != i)
                relevant = 0.0
                for meeting in asked:
                    cared = sum(meeting.alpha[k] * self.salience[i][k] * worth[k] for k in meeting.on)
                    relevant += meeting.a[i] * cared * covered
                state.flow_relevance += 0.25 * (relevant / len(asked) - state.flow_relevance)
            heard = saturate(sum(self.candid[i]) / par["value_hours"])
            state.flow_value += 0.25 * (heard - state.flow_value)
            outcome = self.outcome(i)
            if outcome is not None:
                outcome = min(1.0, outcome + 0.25 * sum(i in pair for pair in self.deals))
                state.flow_outcome += 0.25 * (outcome - state.flow_outcome)
            paid = min(2.0, money / max(inputs["ability"][i] * cost, EPSILON))
            state.flow_paid += 0.25 * (paid - state.flow_paid)
            spent = 0.2 * self.days[i] / 3 / self.capacity[i]
            state.flow_cost += 0.25 * (spent - state.flow_cost)
            aim = sigma(
                par["commit_base"]
                + par["commit_relevance"] * state.flow_relevance
                + weigh_value * state.flow_value
                + weigh_outcome * state.flow_outcome
                + par["commit_paid"] * state.flow_paid
                - par["commit_cost"] * state.flow_cost
                - par["commit_sovereignty"] * design["obligation"] * inputs["sovereignty"][i]
                - par["commit_unkept"] * min(state.unkept / 2, 1.0)
                + par["prestige"]
                + self.climate
                + self.government[i]
            )
            state.commitment += speed * (aim - state.commitment)
        process.treasury += income
        if self.annual_cost > 0:
            process.treasury = min(2 * self.annual_cost, process.treasury)
        self.watch_as_sponsor()

    def outcome(self, i):
        """(O3–O4) what of the plan a state sees done, or None while there is nothing to judge."""
        if not self.design["plan_sought"]:
            return 0.0
        state, age, due = self.states[i], self.process.age, self.design["due"]
        seen = [min(1.0, state.achieved[k] * due / max(age[k], 1)) for k in range(self.k) if state.judged[k]]
        if seen:
            return mean(seen)
        return 0.0 if self.q >= 12 else None

    def mean_achieved(self):
        """(O10, F6) what members have achieved on the issues judged for them."""
        members = [self.states[i] for i in self.members]
        return mean([state.achieved[k] for state in members for k in range(self.k) if state.judged[k]])

    def watch_as_sponsor(self):
        """(O10) the sponsor counts the quarters in which it sees too little, and leaves for good."""
        process, par = self.process, self.par
        visible = len(self.meetings) + sum(m.declaration + len(m.items) for m in self.meetings)
        if self.slots:
            process.activity += 0.25 * (min(1.0, visible / len(self.slots)) - process.activity)
        sees = par["sponsor_sight"] * self.mean_achieved() + (1 - par["sponsor_sight"]) * process.activity
        process.sponsor_discontent = max(0, process.sponsor_discontent + (1 if sees < 0.25 else -1))
        if process.sponsor_discontent >= par["sponsor_patience"]:
            process.sponsor_active = 0

    # step 10

    def live_or_die(self):
        """(F1–F6) whether the process meets, sleeps or ends."""
        process, design, q = self.process, self.design, self.q
        process.since_meeting = 0 if self.meetings else process.since_meeting + 1
        interval = 4 / max(0.1, sum(a_year for _, a_year in self.rates))
        asleep = process.since_meeting >= max(8, self.par["dormancy_factor"] * interval)
        process.dormant_for = process.dormant_for + 1 if asleep else 0
        done = self.mean_achieved()
        news = any(m.definitions or m.items for m in self.meetings)
        process.idle = 0 if news or done - process.mean_delivered_before >= 0.01 else process.idle + 1
        process.mean_delivered_before = done
        if not self.alive:
            return
        process.status = DORMANT if asleep else ACTIVE
        settled = self.settled()
        treated = [k for k in range(self.k) if self.inputs["treated"][k]]
        committed = mean([self.states[i].commitment for i in self.members])
        relevance = mean([self.states[i].flow_relevance for i in self.members])
        if process.dormant_for >= 12:
            left = not process.sponsor_active or self.inputs["sponsor_share"] <= 0
            carried = max(inputs["sponsor_share"] for inputs in self.every_input[: q + 1]) >= 0.5
            process.status = SPONSOR_CLOSED if left and carried else STARVED
        elif self.inputs["overlap"] and committed < 0.25:
            process.status = ABSORBED
        elif treated and mean([settled[k] for k in treated]) >= 0.95 and relevance < 0.1:
            process.status = DONE
        elif (design["closing_rule"] == "sunset" and q >= design["sunset_quarter"]) or (
            design["closing_rule"] == "review" and q % 4 == 3 and process.idle >= design["review_patience"]
        ):
            process.status = CLOSED_BY_RULE

    def minutes(self):
        """What happened, for comparison step by step."""
        return {
            "alive": self.alive,
            "called": self.called,
            "called_columns": [self.slots[s]["column"] for s in self.called],
            "held": [
                {
                    "slot": meeting.number,
                    "column": meeting.slot["column"],
                    "participation": meeting.a,
                    "alpha": meeting.alpha,
                    "hours": meeting.hours,
                    "stall": [meeting.stall.get(k, 0.0) for k in range(self.k)],
                    "declaration": meeting.declaration,
                    "definitions": meeting.definitions,
                    "items": meeting.items,
                }
                for meeting in self.meetings
            ],
            "salience": self.salience,
            "days": self.days,
            "delegate_days": self.delegate_days,
            "candid": self.candid,
            "coherence": self.coherence,
            "leaks": self.leaks,
            "deals": self.deals,
            "joint_acts": self.joint_acts,
            "closed": self.closed,
        }
