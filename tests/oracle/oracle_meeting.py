"""One held meeting: agenda, rooms, candour, language, learning, positions, agreements."""

import math

from tests.oracle.oracle_world import EPSILON, clip, saturate, sigma

TEXTS = ("none", "declaration", "recommendations", "plan", "binding")
PLENARY, GROUP, CORRIDOR = 0, 1, 2
SETTINGS = (PLENARY, GROUP, CORRIDOR)


class Meeting:
    """A held slot of the calendar: who came, what was said on what, for how long, and what came of it."""

    def __init__(self, quarter, slot, participation):
        self.quarter, self.slot, self.a = quarter, slot, participation
        self.heads = sum(participation)
        self.observers = quarter.design["organisations"] * slot["observed"]
        self.came = [i for i, a in enumerate(participation) if a > 0]
        self.declaration, self.definitions, self.items = False, [], []

    def take_place(self):
        """Go through the meeting in the order of the theory."""
        if "turn_over" not in self.quarter.without:
            self.receive_newcomers()
        quarter = self.quarter
        mu, n0 = quarter.inputs["trust_prior"], quarter.par["prior_weight"]
        self.trust = [
            [0.0 if i == j else state.trust(j, mu, n0) for j in range(quarter.n)]
            for i, state in enumerate(quarter.states)
        ]
        self.set_agenda()
        self.form_rooms()
        self.know_together()
        self.speak()
        self.hear()
        if "share_terms" not in quarter.without:
            self.share_terms()
        if "learn" not in quarter.without:
            self.learn()
        if "persuade" not in quarter.without:
            self.persuade()
        if "conclude" not in quarter.without:
            self.conclude()
        self.tell_the_quarter()

    # delegations

    def receive_newcomers(self):
        """(D6) newcomers take over the record of the process."""
        states, credit = self.quarter.states, self.quarter.process.credit()
        for i in self.came:
            units = states[i].newcomer * self.a[i] * self.quarter.par["newcomer_units"]
            if units > 0:
                for j in self.came:
                    if j != i:
                        states[i].kept[j] += units * self.a[j] * credit
                        states[i].broken[j] += units * self.a[j] * (1 - credit)
            states[i].newcomer *= 1 - self.a[i]

    # meetings

    def set_agenda(self):
        """(M3–M7) which issues get which share of the hours."""
        quarter, process, par, design = (
            self.quarter,
            self.quarter.process,
            self.quarter.par,
            self.quarter.design,
        )
        treated, issues = quarter.inputs["treated"], range(quarter.k)
        if "set_agenda" in quarter.without:
            total = sum(treated)
            self.on = [k for k in issues if treated[k]]
            self.alpha = [t / total if total else 0.0 for t in treated]
            self.heaviest = self.on[0] if self.on else 0
            self.reset_live()
            return
        zeta = par["chair_agenda"] if design["rotates"] else 0.0
        say = [
            self.a[i] * ((1 - zeta) * quarter.planned_pay[i] + zeta * quarter.chair[i])
            for i in range(quarter.n)
        ]
        weight = []
        for k in issues:
            wanted = sum(say[i] * quarter.salience[i][k] for i in self.came)
            wanted += par["sponsor_agenda"] * quarter.sponsor_share * design["sponsor_salience"][k]
            weight.append(treated[k] * wanted * design["priority"][k])
        trust_of_chair = 0.0
        for i in range(quarter.n):
            if quarter.chair[i] > 0:
                others = [j for j in self.came if j != i]
                trusted = sum(self.a[j] * self.trust[i][j] for j in others)
                trust_of_chair += quarter.chair[i] * trusted / (sum(self.a[j] for j in others) + EPSILON)
        for k in issues:
            need = par["trust_needed_base"] + par["trust_needed_sensitivity"] * quarter.sensitivity[k]
            held_back = par["caution_strength"] * design["caution"] * sigma((need - trust_of_chair) / 0.05)
            weight[k] *= 1 - held_back
        total = sum(weight) + EPSILON
        weight = [w / total for w in weight]
        if quarter.secretariat and sum(process.memory) > 0:
            kept = par["minutes"]
            weight = [(1 - kept) * w + kept * old for w, old in zip(weight, process.memory, strict=True)]
        if sum(process.memory) > 0:
            process.memory = [old + 0.25 * (w - old) for w, old in zip(weight, process.memory, strict=True)]
        else:
            process.memory = list(weight)
        ranked = sorted(issues, key=lambda k: (-weight[k], k))
        self.heaviest = ranked[0]
        self.on = sorted(k for k in ranked[: self.slot["limit"]] if weight[k] > 0)
        total = sum(weight[k] for k in self.on)
        self.alpha = [weight[k] / total if k in self.on else 0.0 for k in issues]
        self.reset_live()

    def reset_live(self):
        """What is on the agenda is alive again."""
        for k in self.on:
            self.quarter.process.live[k] = 0

    def form_rooms(self):
        """(M8–M14) the shares of the clock, the rooms, and who hears whom for how long."""
        quarter, par, slot, n = self.quarter, self.quarter.par, self.slot, self.quarter.n
        hours = slot["hours"]
        self.heard = [[[0.0] * n for _ in range(n)] for _ in SETTINGS]
        self.room_of, self.staff = {}, [0.0] * n
        self.reach, self.sought = 0.0, None
        if "form_rooms" in quarter.without:
            self.plenary_hours, self.group_hours, self.text_hours = hours, 0.0, 0.0
            floor = {j: self.a[j] / self.heads * hours for j in self.came}
            self.fill_plenary(floor)
            return
        corridor_hours = par["corridor"] * hours
        statement_hours = min(self.heads * par["statement"] * slot["record"], par["statement_cap"] * hours)
        self.text_hours = (
            par["text_hours"] * hours * math.sqrt(slot["obligation"]) if slot["text"] != "none" else 0.0
        )
        opening_hours = par["opening"] * len(self.on)
        floor_hours = max(0.0, hours - corridor_hours - statement_hours - self.text_hours - opening_hours)
        size = slot["room_size"]
        self.group_hours = par["group_share"] * floor_hours if size > 0 else 0.0
        self.plenary_hours = floor_hours - self.group_hours
        self.fill_plenary(self.floor(self.came, self.a, self.plenary_hours))
        if size > 0:
            self.fill_groups(size)
        self.fill_corridor(corridor_hours)

    def floor(self, room, presence, hours):
        """(M13) the hours each speaker of a room has the floor."""
        quarter = self.quarter
        evenness = quarter.par["chair_evenness"] if quarter.chaired else 0.0
        weight = {j: presence[j] * quarter.loudness[j] ** (1 - evenness) for j in room}
        if quarter.rivals.get("form_rooms") != "fay2000":
            total = sum(weight.values()) + EPSILON
            return {j: hours * w / total for j, w in weight.items()}
        heads = sum(presence[j] for j in room)
        dialogue = sigma((7 - heads) / 1.5)
        geometric = {
            j: presence[j] * (2 / 3) ** sum(weight[other] > weight[j] for other in room) for j in room
        }
        total = sum(geometric.values()) + EPSILON
        return {
            j: hours * (dialogue * presence[j] / (heads + EPSILON) + (1 - dialogue) * geometric[j] / total)
            for j in room
        }

    def fill_plenary(self, floor):
        """(M14) plenary, less what observers take of it."""
        left = 1.0
        organisations, openness = self.observers, self.quarter.design["openness"]
        if organisations > 0:
            voices = 1 + (organisations - 1) * (1 - self.quarter.par["observer_coordination"])
            left -= openness * voices / (voices + self.heads)
        for i in self.came:
            for j in self.came:
                if i != j:
                    self.heard[PLENARY][i][j] = self.a[i] * floor[j] * left

    def fill_groups(self, size):
        """(M13–M14) rooms of like-minded urgency, as equal as may be."""
        quarter, share = self.quarter, self.quarter.par["group_seats"]
        for i in self.came:
            self.staff[i] = self.a[i] * (share + (1 - share) * quarter.capacity[i])
        order = sorted(self.came, key=lambda i: (-quarter.salience[i][self.heaviest], quarter.key_order[i]))
        rooms = math.ceil(len(order) / size)
        members = [[] for _ in range(rooms)]
        for rank, i in enumerate(order):
            self.room_of[i] = rank * rooms // len(order)
            members[self.room_of[i]].append(i)
        self.rooms = members
        for room in members:
            floor = self.floor(room, self.staff, self.group_hours)
            for i in room:
                for j in room:
                    if i != j:
                        self.heard[GROUP][i][j] = self.staff[i] * floor[j]

    def fill_corridor(self, hours):
        """(M14) about three partners at a time, sought out by ties."""
        states = self.quarter.states
        self.reach = min(1.0, 3.0 / max(1.0, self.heads - 1))
        self.sought = {}
        for i in self.came:
            pull = {
                j: self.a[j] * (1 + 1.5 * (states[i].ties[j] + states[j].ties[i]))
                for j in self.came
                if j != i
            }
            mean = sum(pull.values()) / (sum(self.a[j] for j in pull) + EPSILON) + EPSILON
            self.sought[i] = {j: p / mean for j, p in pull.items()}
            for j, sought in self.sought[i].items():
                together = hours * self.reach * self.a[i] * sought
                self.heard[CORRIDOR][i][j] = together / min(4.0, self.heads)

    # learning U1

    def know_together(self):
        """(U1) what the meeting, each room and the corridor know together on each issue."""
        quarter, par, design = self.quarter, self.quarter.par, self.quarter.design
        states = quarter.states
        experts = par["observer_expertise"] * design["openness"] if self.observers > 0 else 0.0
        maximum = quarter.rivals.get("learn") == "maximum"

        def pool(k, room, presence, outside):
            if maximum:
                known = [states[j].understanding[k] for j in room if presence[j] >= 0.5]
                return max(known, default=0.0)
            unknown = 1 - par["pool_share"] * outside
            for j in room:
                unknown *= 1 - par["pool_share"] * states[j].understanding[k] * presence[j]
            return 1 - unknown

        self.pool = [[{} for _ in range(quarter.n)] for _ in SETTINGS]
        for k in self.on:
            plenary, corridor = pool(k, self.came, self.a, experts), pool(k, self.came, self.a, 0.0)
            for i in self.came:
                self.pool[PLENARY][i][k], self.pool[CORRIDOR][i][k] = plenary, corridor
            if self.room_of:
                for room in self.rooms:
                    own = pool(k, room, self.staff, 0.0)
                    own += par["report"] * max(0.0, plenary - own)
                    for i in room:
                        self.pool[GROUP][i][k] = own

    # candour

    def risk(self, i, setting):
        """(C1–C2) the chance that something said by i in this setting gets out."""
        quarter, par = self.quarter, self.quarter.par
        leaky = par["ear_risk"] * (1 - par["rules_hold"] * quarter.confidentiality)
        trust, log_kept = self.trust[i], 0.0
        if setting == CORRIDOR:
            for j, sought in (self.sought[i] if self.sought else {}).items():
                log_kept += self.reach * sought * math.log(1 - leaky * (1 - trust[j]))
            return 1 - math.exp(log_kept)
        if setting == GROUP and not self.room_of:
            return 0.0
        for j in self.came if setting == PLENARY else self.rooms[self.room_of[i]]:
            if j != i:
                ears = self.a[j] if setting == PLENARY else self.staff[j]
                log_kept += ears * math.log(1 - leaky * (1 - trust[j]))
        if setting == PLENARY:
            watched = self.observers * quarter.design["openness"]
            observer = par["observer_risk"] * (1 - par["rules_hold"] * quarter.confidentiality)
            log_kept += watched * math.log(1 - observer * (1 - quarter.states[i].comfort))
        if quarter.secretariat:
            log_kept += math.log(1 - leaky * (1 - quarter.process.credit()))
        return 1 - math.exp(log_kept)

    def speak(self):
        """(C3–C9) how candidly each speaks on each issue, what is heard of it, and the quarrel it costs."""
        quarter, par, inputs = self.quarter, self.quarter.par, self.quarter.inputs
        states, record = quarter.states, self.slot["record"]
        self.line = {i: states[i].national_line(quarter.weights) for i in self.came}
        silent = "speak" in quarter.without
        plain = sigma(par["candour_base"])
        on_record = (record, min(record, 0.3), 0.0)
        self.candour = [[{} for _ in range(quarter.n)] for _ in SETTINGS]
        for i in self.came:
            state = states[i]
            for setting in SETTINGS:
                risk = 0.0 if silent else self.risk(i, setting)
                for k in self.on:
                    if silent:
                        self.candour[setting][i][k] = plain
                        continue
                    away = min(1.0, abs(self.line[i][k] - state.stated[k]) / 0.5)
                    stake = quarter.sensitivity[k] * inputs["exposure"][i] * away
                    want = (
                        max(0.0, self.pool[PLENARY][i][k] - state.understanding[k]) * quarter.salience[i][k]
                    )
                    self.candour[setting][i][k] = sigma(
                        par["candour_base"]
                        + par["candour_want"] * want
                        - par["candour_risk"] * stake * risk
                        - par["candour_record"] * on_record[setting]
                        - par["candour_guarded"] * inputs["guardedness"][i]
                    )
        self.count_hours()
        self.said = {}
        for j in self.came:
            hours = [sum(self.heard[setting][i][j] for i in self.came) for setting in SETTINGS]
            total = sum(hours) + EPSILON
            self.said[j] = {}
            for k in self.on:
                frank = sum(h * self.candour[setting][j][k] for setting, h in enumerate(hours)) / total
                self.said[j][k] = frank * self.line[j][k] + (1 - frank) * states[j].stated[k]
        self.stall = dict.fromkeys(self.on, 0.0)
        if not silent:
            self.quarrel()

    def count_hours(self):
        """(C6) all hours and candid hours that i hears from j."""
        quarter = self.quarter
        mean = [[0.0] * quarter.n for _ in SETTINGS]
        sensitive = [[0.0] * quarter.n for _ in SETTINGS]
        for setting in SETTINGS:
            for j in self.came:
                for k in self.on:
                    candid = self.alpha[k] * self.candour[setting][j][k]
                    mean[setting][j] += candid
                    sensitive[setting][j] += candid * quarter.sensitivity[k]
        self.hours = [[0.0] * quarter.n for _ in range(quarter.n)]
        for i in self.came:
            for j in self.came:
                if i != j:
                    p, g, c = (self.heard[setting][i][j] for setting in SETTINGS)
                    self.hours[i][j] = p + g + c
                    quarter.candid[i][j] += p * mean[0][j] + g * mean[1][j] + c * mean[2][j]
                    quarter.candid_sensitive[i][j] += (
                        p * sensitive[0][j] + g * sensitive[1][j] + c * sensitive[2][j]
                    )

    def quarrel(self):
        """(C8–C9) time lost to blame, and confidence lost with it."""
        quarter, par, states = self.quarter, self.quarter.par, self.quarter.states
        blamed = [k for k in self.on if quarter.blame[k] > 0]
        total = sum(sum(row) for row in self.hours) + EPSILON
        apart = dict.fromkeys(blamed, 0.0)
        for i in self.came:
            for j in self.came:
                wary = self.hours[i][j] * (1 - self.trust[i][j])
                if i != j and wary > 0:
                    sparring = 0.0
                    for k in blamed:
                        square = ((states[i].stated[k] - states[j].stated[k]) / 2) ** 2
                        apart[k] += wary * square
                        sparring += self.alpha[k] * quarter.blame[k] * square
                    states[i].broken[j] += par["sparring"] * wary * sparring
        for k in blamed:
            self.stall[k] = clip(par["friction"] * quarter.blame[k] * apart[k] / total)

    # language

    def hear(self):
        """(L2, U2) candid hours heard by issue and setting, in which words, how many of them shared."""
        quarter, states = self.quarter, self.quarter.states
        sharp = quarter.par["sharpening"]
        self.candid = {i: {} for i in self.came}  # per issue: candid floor hours by setting
        self.shared = {i: {} for i in self.came}
        self.words = {i: {} for i in self.came}
        for k in self.on:
            sharpened = {j: [share**sharp for share in states[j].usage[k]] for j in self.came}
            frank = [self.candour[setting] for setting in SETTINGS]
            for i in self.came:
                own, hours = states[i].usage[k], [0.0, 0.0, 0.0]
                shared, heard = 0.0, [0.0, 0.0, 0.0]
                plenary, group, corridor = (self.heard[setting][i] for setting in SETTINGS)
                for j in self.came:
                    if j == i:
                        continue
                    p, g, c = (
                        plenary[j] * frank[0][j][k],
                        group[j] * frank[1][j][k],
                        corridor[j] * frank[2][j][k],
                    )
                    hours[0] += p
                    hours[1] += g
                    hours[2] += c
                    candid, theirs, loud = p + g + c, states[j].usage[k], sharpened[j]
                    shared += candid * (own[0] * theirs[0] + own[1] * theirs[1] + own[2] * theirs[2])
                    for v in range(3):
                        heard[v] += candid * loud[v]
                total, spoken = sum(hours), sum(heard)
                self.candid[i][k] = hours
                self.shared[i][k] = shared / (total + EPSILON)
                self.words[i][k] = [word / spoken for word in heard] if spoken > 0 else list(own)

    def share_terms(self):
        """(L3–L4) words are taken over from those heard and from papers."""
        quarter = self.quarter
        for i in self.came:
            state = quarter.states[i]
            for k in self.on:
                share = saturate(quarter.par["usage_rate"] * self.alpha[k] * sum(self.candid[i][k]))
                usage = [
                    old + share * (new - old)
                    for old, new in zip(state.usage[k], self.words[i][k], strict=True)
                ]
                if quarter.process.defined[k] and quarter.secretariat:
                    read = saturate(
                        quarter.par["paper_rate"] * self.a[i] * self.alpha[k] * self.slot["hours"]
                    )
                    usage = [
                        old + read * (new - old) for old, new in zip(usage, (0.0, 0.0, 1.0), strict=True)
                    ]
                state.usage[k] = usage

    # learning U2–U6

    def learn(self):
        """(U2–U6) understanding from candid technical hours, empathy from others' concerns."""
        quarter, par = self.quarter, self.quarter.par
        technical = 1 - self.slot["political"]
        concern = [[0.0] * quarter.n for _ in SETTINGS]
        for setting in SETTINGS:
            for j in self.came:
                frank = self.candour[setting][j]
                concern[setting][j] = sum(self.alpha[k] * frank[k] * quarter.salience[j][k] for k in self.on)
        for i in self.came:
            state = quarter.states[i]
            absorb = par["absorb_base"] + (1 - par["absorb_base"]) * quarter.capacity[i]
            for k in self.on:
                useful = self.alpha[k] * (1 - self.stall[k]) * technical * self.shared[i][k]
                spent = [useful * hours for hours in self.candid[i][k]]
                total = sum(spent)
                if total > 0:
                    pool = sum(x * self.pool[s][i].get(k, 0.0) for s, x in enumerate(spent)) / total
                    gap = max(0.0, pool - state.understanding[k])
                    state.understanding[k] += saturate(absorb * total / par["learn_hours"]) * gap
            for j in self.came:
                if j != i:
                    told = sum(self.heard[s][i][j] * concern[s][j] for s in SETTINGS)
                    state.empathy[j] += saturate(told / par["empathy_hours"]) * (1 - state.empathy[j])

    # positions

    def persuade(self):
        """(P1–P6) national lines move towards what is heard within reach, and ministries with them."""
        quarter, par, slot = self.quarter, self.quarter.par, self.slot
        rule = quarter.rivals.get("persuade", "friedkin1990")
        for i in self.came:
            partners = [j for j in self.came if self.hours[i][j] > 0]
            for k in self.on:
                shift = self.shift(i, k, partners, rule)
                if shift == 0.0:
                    continue
                absent = par["absent_share"] * (
                    1 - par["closed_loss"] * quarter.confidentiality * quarter.sensitivity[k]
                )
                for seat, mix in zip(quarter.states[i].position, slot["mix"], strict=True):
                    seat[k] = clip(seat[k] + shift * (min(1.0, 3 * mix) if mix > 0 else absent), -1.0, 1.0)

    def shift(self, i, k, partners, rule):
        """(P1–P5) how far the national line of i on k moves in this meeting."""
        par, line = self.quarter.par, self.line[i][k]
        count, hours, trust = self.alpha[k] * (1 - self.stall[k]), self.hours[i], self.trust[i]
        near, far = [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]  # hours, weight, weight times what is heard
        for j in partners:
            said = self.said[j][k]
            if rule == "friedkin1990":
                latitude, weight = (
                    par["latitude_base"] + par["latitude_trust"] * trust[j],
                    hours[j] * trust[j],
                )
            else:
                latitude = par["bounded_confidence"]
                weight = hours[j] if rule == "deffuant2000" else 1.0
            side = near if abs(line - said) <= latitude else far
            side[0] += hours[j]
            side[1] += weight
            side[2] += weight * said
        if rule == "hegselmann2002":
            mean = (near[2] + line) / (near[1] + 1)
            return saturate(count * near[0] / par["persuade_hours"]) * (mean - line)
        pull = near[2] / near[1] - line if near[1] > 0 else 0.0
        if rule == "deffuant2000":
            return par["deffuant_step"] * saturate(count * near[0] / par["persuade_hours"]) * pull
        push = far[2] / far[1] - line if far[1] > 0 else 0.0
        stubborn = 1 - par["susceptibility"]
        moved = 1 - stubborn ** (count * near[0] / par["persuade_hours"])
        repelled = 1 - stubborn ** (count * far[0] / par["persuade_hours"])
        return moved * pull - par["repulsion"] * repelled * push

    # agreements

    def common_language(self, k):
        """C_k: how far those who take part use the same words, over pairs."""
        usage = [(self.a[i], self.quarter.states[i].usage[k]) for i in self.came]
        same = sum(sum(a * shares[v] for a, shares in usage) ** 2 for v in range(3))
        same -= sum(a * a * sum(share * share for share in shares) for a, shares in usage)
        return same / (self.heads**2 - sum(a * a for a, _ in usage) + EPSILON)

    def conclude(self):
        """(A1–A8) what is defined, declared or adopted."""
        quarter, process, par, slot = self.quarter, self.quarter.process, self.quarter.par, self.slot
        states, political = quarter.states, slot["political"]
        authority = sum(
            self.a[i] * (political + (1 - political) * par["delegated_authority"] * states[i].backing)
            for i in self.came
        )
        authority /= self.heads
        informal = 1 - slot["record"]
        obligation = slot["obligation"] * (1 - par["informal_discount"] * informal)
        hurdle = par["standing_out"] * (1 - par["tolerance_narrowed"] * obligation)
        lines = {i: states[i].national_line(quarter.weights) for i in self.came}
        voters = [i for i in self.came if self.a[i] >= 0.5]
        session = self.plenary_hours + self.group_hours + self.text_hours
        text = TEXTS.index(slot["text"])
        for k in self.on:
            process.spent[k] += (
                self.alpha[k] * session * (1 - self.stall[k]) * authority * self.common_language(k)
            )
            target = sum(self.a[i] * self.said[i][k] for i in self.came) / self.heads
            care = {i: quarter.salience[i][k] * abs(lines[i][k] - target) for i in voters}
            hours = par["agreement_hours"]
            if not process.defined[k] and process.spent[k] >= 3 * hours:
                willing = [i for i in voters if care[i] * 0.5 <= hurdle]
                if self.passes(voters, willing):
                    process.defined[k] = 1
                    process.credit_kept += 0.5
                    self.definitions.append(k)
            willing = [i for i in voters if care[i] <= hurdle]
            if self.passes(voters, willing):
                if process.spent[k] >= 2 * hours:
                    self.declaration = True
                adoptable = text >= TEXTS.index("recommendations") and quarter.design["plan_sought"]
                if adoptable and not process.open[k] and process.spent[k] >= 5 * hours:
                    self.adopt(k, target, obligation, self.would_be_bound(willing))
        if text < TEXTS.index("declaration"):
            self.declaration = False
        elif self.definitions or any(process.open[k] for k in self.on):
            self.declaration = True

    def passes(self, voters, willing):
        """(A6) whether the rule of the process lets it pass."""
        rule = self.quarter.rivals.get("conclude", "unanimity")
        if rule == "pathfinder":
            return len(willing) >= 2 and 3 * len(willing) >= len(voters)
        if rule == "all_but_x":
            return len(willing) >= 2 and len(voters) - len(willing) <= max(1, len(voters) // 10)
        return len(willing) == len(voters) >= 2

    def would_be_bound(self, willing):
        """(A6) those whom an item binds: path-finders each other, any other rule all who were invited."""
        path = self.quarter.rivals.get("conclude") == "pathfinder"
        return willing if path else self.quarter.invited(self.slot)

    def adopt(self, k, target, obligation, bound):
        """(A8) an item of the plan, if it asks something of somebody."""
        quarter, process = self.quarter, self.quarter.process
        if all(abs(target - quarter.states[i].law[k]) <= quarter.par["tolerance"] for i in bound):
            return
        process.open[k], process.target[k], process.load[k] = 1, target, quarter.design["load"]
        process.age[k], process.obligation[k], process.due_done[k], process.spent[k] = 0, obligation, 0, 0.0
        process.credit_kept += 1 / sum(quarter.inputs["treated"])
        process.items_adopted[k] += 1
        self.items.append(k)
        for i, state in enumerate(quarter.states):
            state.bound[k] = int(i in bound)
            state.law_at_adoption[k] = state.law[k]
            state.judged[k] = 0

    # what the rest of the quarter needs

    def tell_the_quarter(self):
        """Add days, contacts and political hours to the sums of the quarter."""
        quarter, slot = self.quarter, self.slot
        group, corridor = self.heard[GROUP], self.heard[CORRIDOR]
        for i in self.came:
            quarter.days[i] += self.a[i] * slot["days"]
            quarter.delegate_days[i] += self.a[i] * slot["days"] * slot["people"]
            for k in self.on:
                quarter.days_on[i][k] += self.a[i] * slot["days"]
            relevant = sum(self.alpha[k] * quarter.salience[i][k] for k in self.on)
            quarter.political_hours[i] += self.a[i] * slot["political"] * slot["hours"] * relevant
            for j in self.came:
                if i < j:
                    side = corridor[i][j] + corridor[j][i]
                    quarter.corridor[i][j] += side
                    quarter.contact[i][j] += side + group[i][j] + group[j][i]
