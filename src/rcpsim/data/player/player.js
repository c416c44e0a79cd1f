"use strict";
(function () {
  const data = JSON.parse(document.getElementById("data").textContent);
  const calm = window.matchMedia("(prefers-reduced-motion: reduce)");
  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const MISSING = 4095;
  const ROLES = [["origin", "#D55E00"], ["transit", "#F0E442"], ["destination", "#0072B2"]];
  const STAGE_COLOURS = ["#ffffff", "#e3eef6", "#a9cfe6", "#5a9fc9", "#1f5f8b"];

  // ---- small tools ---------------------------------------------------------------------------------------
  const places = new Uint8Array(128);
  for (let i = 0; i < 64; i++) places[ALPHABET.charCodeAt(i)] = i;

  /* Two letters hold one number 0..4094; 4095 is a missing one. */
  function unpack(text) {
    const numbers = new Uint16Array(text.length / 2);
    for (let i = 0; i < numbers.length; i++) {
      numbers[i] = places[text.charCodeAt(2 * i)] * 64 + places[text.charCodeAt(2 * i + 1)];
    }
    return numbers;
  }

  function fill(parent, children) {
    for (const child of children || []) if (child) parent.append(child);
    return parent;
  }

  function html(tag, attributes, children) {
    const element = document.createElement(tag);
    for (const name in attributes || {}) element.setAttribute(name, attributes[name]);
    return fill(element, children);
  }

  function svg(tag, attributes, children) {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const name in attributes || {}) element.setAttribute(name, attributes[name]);
    return fill(element, children);
  }

  function shown(value) {
    if (value === null) return "–";
    const size = Math.abs(value);
    return size >= 100 ? value.toFixed(0) : size >= 10 ? value.toFixed(1) : value.toFixed(2);
  }

  function counted(number, one, many) {
    return number + " " + (number === 1 ? one : many);
  }

  // ---- the shapes of states ------------------------------------------------------------------------------
  const SHAPES = [
    "M-1 0A1 1 0 1 0 1 0A1 1 0 1 0 -1 0Z", // origin: circle
    "M0 -1.22L1.22 0L0 1.22L-1.22 0Z", // transit: diamond
    "M-.9 -.9H.9V.9H-.9Z", // destination: square
  ];

  function leading(state) {
    return state.main;
  }

  /* Bands of colour, as wide as the state is origin, transit and destination. */
  function bands(id, roles) {
    const total = roles.reduce(function (sum, role) { return sum + role; }, 0) || 1;
    const stops = [];
    let edge = 0;
    ROLES.forEach(function (role, place) {
      const next = edge + roles[place] / total;
      stops.push(svg("stop", { offset: edge, "stop-color": role[1] }));
      stops.push(svg("stop", { offset: next, "stop-color": role[1] }));
      edge = next;
    });
    return svg("linearGradient", { id: id }, stops);
  }

  function described(state) {
    return state.name + ": " + ROLES.map(function (role, place) {
      return role[0] + " " + shown(state.roles[place]);
    }).join(", ");
  }

  // ---- one design ----------------------------------------------------------------------------------------
  const longest = Math.max.apply(null, data.designs.map(function (design) { return design.labels.length; }));
  const choice = { trust: data.levels.trust, talk: data.levels.talk, state: "" };
  let now = 0;

  function drawn(design, place) {
    const count = design.states.length;
    const pairs = [];
    for (let i = 0; i < count; i++) for (let j = i + 1; j < count; j++) pairs.push([i, j]);
    const trust = unpack(design.trust);
    const size = unpack(design.commitment);
    const talk = design.talk.map(unpack);
    const last = design.labels.length - 1;

    const heading = html("div", { class: "head" }, [
      data.designs.length > 1 ? html("h2", {}, [design.name]) : null,
      html("p", { class: "soft" }, [design.caption]),
    ]);
    const net = network();
    const strip = stageStrip();
    const curves = html("div", { class: "curves" });
    const story = chronicle();
    const element = html("section", { class: "design", "aria-label": design.name }, [
      heading, strip.element, net.element, story.element, curves,
    ]);
    const charts = {};
    for (const name of Object.keys(design.curves)) {
      charts[name] = chart(design, name, last);
      curves.append(charts[name].element);
    }

    function network() {
      const width = 620, height = 540, radius = count > 24 ? 228 : 214;
      const letters = count > 24 ? 12 : 15;
      const biggest = count > 24 ? 12 : count > 14 ? 17 : 22;
      const order = design.states.map(function (_, i) { return i; }).sort(function (a, b) {
        const x = design.states[a], y = design.states[b];
        return leading(x) - leading(y) || x.roles[2] - x.roles[0] - (y.roles[2] - y.roles[0]) || a - b;
      });
      const at = [];
      order.forEach(function (i, rank) {
        const angle = Math.PI * (0.5 + (2 * rank + 1) / count); // from below, by the left, to the right
        at[i] = [width / 2 + 1.12 * radius * Math.cos(angle), height / 2 + radius * Math.sin(angle), angle];
      });
      const layers = {};
      for (const name of ["trust", "talk", "leak"]) layers[name] = svg("g", { class: name });
      const wide = [1, 2, 3.5, 5.5, 8].map(function (w) { return svg("path", { "stroke-width": count > 24 ? w * 0.6 : w }); });
      const busy = [1, 1.8, 3].map(function (w) { return svg("path", { "stroke-width": count > 24 ? w * 0.7 : w }); });
      fill(layers.trust, wide);
      fill(layers.talk, busy);
      const gradients = svg("defs", {}, [svg("marker", {
        id: "head" + place, viewBox: "0 0 10 10", refX: 9, refY: 5, markerWidth: 11, markerHeight: 11,
        markerUnits: "userSpaceOnUse", orient: "auto",
      }, [svg("path", { d: "M0 0L10 5L0 10Z", fill: "#c00000" })])]);
      const nodes = svg("g", { class: "nodes" });
      const parts = design.states.map(function (state, i) {
        gradients.append(bands("roles" + place + "-" + i, state.roles));
        const shape = SHAPES[leading(state)];
        const body = svg("path", { class: "body", d: shape, "vector-effect": "non-scaling-stroke", fill: "url(#roles" + place + "-" + i + ")" });
        const chair = svg("path", { class: "chair", d: shape, "vector-effect": "non-scaling-stroke" });
        const away = biggest * 1.2 + letters * 0.65, x = Math.cos(at[i][2]) * away, y = Math.sin(at[i][2]) * away;
        const label = svg("text", {
          x: x.toFixed(1), y: (y + letters * 0.35).toFixed(1), "font-size": letters,
          "text-anchor": Math.abs(x) < away * 0.35 ? "middle" : x > 0 ? "start" : "end",
        }, [state.code]);
        const node = svg("g", { class: "node", transform: "translate(" + at[i][0].toFixed(1) + " " + at[i][1].toFixed(1) + ")" }, [
          svg("title", {}, [described(state)]), chair, body, label,
        ]);
        node.addEventListener("click", function () { choose(choice.state === state.code ? "" : state.code); });
        nodes.append(node);
        return { node: node, body: body, chair: chair };
      });
      const picture = svg("svg", { viewBox: "0 0 " + width + " " + height, role: "img" }, [
        gradients, layers.trust, layers.talk, layers.leak, nodes,
      ]);
      const caption = html("figcaption", { class: "now" });
      const today = html("ul", { class: "today", tabindex: "0", "aria-label": "What happened this quarter" });
      const figure = html("figure", { class: "net" }, [picture, caption, today]);

      function line(i, j, shorten) {
        const a = at[i], b = at[j];
        const mx = (a[0] + b[0]) / 2 + (width / 2 - (a[0] + b[0]) / 2) * 0.25;
        const my = (a[1] + b[1]) / 2 + (height / 2 - (a[1] + b[1]) / 2) * 0.25;
        let ex = b[0], ey = b[1];
        if (shorten) {
          const far = Math.hypot(b[0] - mx, b[1] - my) || 1;
          ex -= (b[0] - mx) * shorten / far;
          ey -= (b[1] - my) * shorten / far;
        }
        return "M" + a[0].toFixed(1) + " " + a[1].toFixed(1) + "Q" + mx.toFixed(1) + " " + my.toFixed(1) + " " +
          ex.toFixed(1) + " " + ey.toFixed(1);
      }

      function show(q) {
        const over = design.status[q] > 2;
        const chosen = design.states.findIndex(function (state) { return state.code === choice.state; });
        const wideLines = wide.map(function () { return ""; });
        const busyLines = busy.map(function () { return ""; });
        const hours = talk[q];
        let sum = 0, met = 0, talked = 0;
        for (let p = 0; p < pairs.length; p++) {
          const i = pairs[p][0], j = pairs[p][1];
          if (design.present[q][i] !== "1" || design.present[q][j] !== "1") continue;
          const value = trust[q * pairs.length + p] / 1000;
          sum += value;
          met += 1;
          const much = hours.length > 0 && hours[p] > 0 && hours[p] * design.hour >= choice.talk;
          talked += much ? 1 : 0;
          if (chosen >= 0 && i !== chosen && j !== chosen) continue;
          if (value >= choice.trust) {
            const step = Math.floor(wide.length * (value - choice.trust) / (1.0001 - choice.trust) * 1.6);
            wideLines[Math.min(step, wide.length - 1)] += line(i, j, 0);
          }
          if (much) {
            const step = Math.floor(busy.length * (hours[p] * design.hour - choice.talk) / (1.0001 * data.levels.most - choice.talk));
            busyLines[Math.max(0, Math.min(step, busy.length - 1))] += line(i, j, 0);
          }
        }
        wide.forEach(function (path, step) { path.setAttribute("d", wideLines[step]); });
        busy.forEach(function (path, step) { path.setAttribute("d", busyLines[step]); });
        layers.leak.textContent = "";
        const leaks = design.leaks.filter(function (leak) { return leak[0] === q; });
        for (const leak of leaks) {
          layers.leak.append(svg("path", {
            d: line(leak[1], leak[2], biggest), class: leak[3] ? "told" : "guessed",
            "marker-end": "url(#head" + place + ")",
          }, [svg("title", {}, [design.states[leak[1]].name + " passed on what " + design.states[leak[2]].name + " had said"])]));
        }
        let members = 0;
        parts.forEach(function (part, i) {
          const inside = design.present[q][i] === "1";
          const commitment = size[q * count + i] / 1000;
          const r = inside ? biggest * Math.sqrt(0.08 + 0.92 * commitment) : biggest * 0.3;
          members += inside ? 1 : 0;
          part.body.style.transform = "scale(" + r.toFixed(2) + ")";
          part.chair.style.transform = "scale(" + (r + 4).toFixed(2) + ")";
          part.chair.style.display = design.chair[q] === i && inside && !over ? "" : "none";
          part.node.classList.toggle("away", !inside);
          part.node.classList.toggle("chosen", chosen === i);
        });
        nodes.classList.toggle("gone", over);
        const words = [counted(members, "member", "members") + (design.status[q] > 1 ? ", process " + data.statuses[design.status[q]] : "")];
        if (design.chair[q] >= 0 && !over) words.push("chair " + design.states[design.chair[q]].name);
        words.push(design.meetings[q][0] ? "met: " + design.meetings[q][0] : "no meeting");
        if (design.meetings[q][1] && !over) words.push("cancelled: " + design.meetings[q][1]);
        words.push("mean mutual trust " + shown(met ? sum / met : null));
        words.push(counted(talked, "pair", "pairs") + " talked candidly" + (choice.talk > 0 ? " for " + choice.talk + " hours or more" : ""));
        if (leaks.length) words.push(counted(leaks.length, "leak", "leaks"));
        let text = design.labels[q] + ": " + words.join("; ") + ".";
        if (chosen >= 0) text += " " + portrait(q, chosen);
        caption.textContent = text;
        picture.setAttribute("aria-label", "Network of states. " + text);
        today.textContent = "";
        for (const line of design.happened[q]) today.append(html("li", {}, [line]));
        return text + " " + design.happened[q].join(". ");
      }

      function portrait(q, i) {
        const state = design.states[i];
        if (design.present[q][i] !== "1") return state.name + " is not a member.";
        const partners = [];
        for (let p = 0; p < pairs.length; p++) {
          const other = pairs[p][0] === i ? pairs[p][1] : pairs[p][1] === i ? pairs[p][0] : -1;
          if (other >= 0 && design.present[q][other] === "1") partners.push([trust[q * pairs.length + p] / 1000, other]);
        }
        partners.sort(function (a, b) { return b[0] - a[0]; });
        return described(state) + "; commitment " + shown(size[q * count + i] / 1000) + "; most mutual trust with " +
          partners.slice(0, 3).map(function (one) { return design.states[one[1]].name + " " + shown(one[0]); }).join(", ") + ".";
      }

      return { element: figure, show: show };
    }

    function stageStrip() {
      const left = 62, right = 6, height = 62;
      const picture = svg("svg", { role: "img", height: height });
      const element = html("figure", { class: "strip" }, [picture]);
      let cursor = null, at = 0, width = 0;
      const step = function () { return (width - left - right) / (last + 1); };
      const x = function (q) { return left + q * step(); };

      function text(words, attributes) {
        picture.append(svg("text", Object.assign({ "font-size": 12 }, attributes), [words]));
        return picture.lastChild;
      }

      function stages() {
        const reached = [];
        for (let q = 0, start = 0; q <= last; q++) {
          if (q < last && design.stage[q + 1] === design.stage[q]) continue;
          const stage = design.stage[start], long = x(q + 1) - x(start);
          if (stage !== null) {
            const words = stage + " " + data.stages[stage];
            picture.append(svg("rect", { x: x(start), y: 2, width: long, height: 18, fill: STAGE_COLOURS[stage], stroke: "#777", "stroke-width": 0.6 }, [
              svg("title", {}, [words + ", " + design.labels[start] + " to " + design.labels[q]]),
            ]));
            const label = text(long > 7 * words.length + 8 ? words : long > 12 ? String(stage) : "", { x: x(start) + 4, y: 15.5 });
            if (stage === 4) label.style.fill = "#fff";
            reached.push(words + " from " + design.labels[start]);
          }
          start = q + 1;
        }
        picture.setAttribute("aria-label", "Stages: " + (reached.join("; ") || "none") + ".");
      }

      function draw() {
        picture.textContent = "";
        picture.setAttribute("viewBox", "0 0 " + width + " " + height);
        text("stage", { x: left - 6, y: 15, "text-anchor": "end" });
        text("meetings", { x: left - 6, y: 38, "text-anchor": "end" });
        stages();
        for (let q = 0; q <= last; q++) {
          const tall = 5 * Math.min(design.meetings[q][2], 4);
          if (tall) picture.append(svg("rect", { x: x(q + 0.15), y: 42 - tall, width: 0.7 * step(), height: tall, fill: "#444" }));
          if (design.meetings[q][3] && design.status[q] < 3) {
            picture.append(svg("rect", { x: x(q + 0.2), y: 23, width: 0.6 * step(), height: 4, fill: "#fff", stroke: "#c00000" }));
          }
        }
        picture.append(svg("line", { x1: left, x2: width - right, y1: 42.5, y2: 42.5, stroke: "#777" }));
        years(design.labels).forEach(function (year) {
          picture.append(svg("line", { x1: x(year[0]), x2: x(year[0]), y1: 43, y2: 48, stroke: "#777" }));
          if (x(last + 1) - x(year[0]) > 30) text(year[1], { x: x(year[0]), y: 60, "text-anchor": year[0] === 0 ? "start" : "middle" });
        });
        cursor = svg("line", { class: "cursor", y1: 0, y2: 48, stroke: "#d55e00", "stroke-width": 2.5 });
        picture.append(cursor);
        show(at);
      }

      function show(q) {
        at = q;
        cursor.setAttribute("x1", x(q + 0.5));
        cursor.setAttribute("x2", x(q + 0.5));
      }

      function fit(wide) {
        const whole = Math.max(240, Math.round(wide));
        if (whole === width) return;
        width = whole;
        draw();
      }

      fit(900);
      new ResizeObserver(function (seen) { fit(seen[0].contentRect.width); }).observe(element);
      scrubbed(picture, function (share) { return Math.floor((share * width - left) / step()); });
      return { element: element, show: show };
    }

    function chronicle() {
      const list = html("ol", { tabindex: "0", "aria-label": "Chronicle of " + design.name });
      const rows = design.years.map(function (year) {
        const row = html("li", {}, [html("b", {}, [year[2]]), " " + year[3]]);
        list.append(row);
        return row;
      });
      let reading = null;
      return {
        element: html("div", { class: "story" }, [html("h3", {}, ["Chronicle of this history"]), list]),
        show: function (q) {
          let focus = 0;
          rows.forEach(function (row, place) {
            const year = design.years[place], here = year[0] <= q && q <= year[1];
            row.classList.toggle("past", year[1] < q);
            row.classList.toggle("here", here);
            if (year[0] <= q) focus = place;
          });
          if (focus === reading || rows.length === 0) return;
          reading = focus;
          list.scrollTo({ top: rows[focus].offsetTop - 30, behavior: calm.matches ? "auto" : "smooth" });
        },
      };
    }

    return {
      element: element,
      charts: charts,
      show: function (q) {
        const at = Math.min(q, last);
        strip.show(at);
        story.show(at);
        for (const name in charts) charts[name].show(at);
        return net.show(at);
      },
    };
  }

  /* Place and name of the years that are written under an axis: the first, and every fifth. */
  function years(labels) {
    const found = [];
    labels.forEach(function (label, q) {
      const year = /^(.*)-Q1$/.exec(label);
      if (!year || (q > 0 && Number(year[1].replace(/\D/g, "")) % 5 !== 0)) return;
      if (found.length === 1 && q < 0.12 * labels.length) found.pop();
      found.push([q, year[1]]);
    });
    return found;
  }

  // ---- curves --------------------------------------------------------------------------------------------
  const ranges = {};
  for (const design of data.designs) {
    for (const name in design.curves) {
      const all = [];
      for (const key in design.curves[name]) for (const value of design.curves[name][key]) if (value !== null) all.push(value);
      const range = ranges[name] || (ranges[name] = [Infinity, -Infinity]);
      for (const value of all) {
        range[0] = Math.min(range[0], value);
        range[1] = Math.max(range[1], value);
      }
    }
  }

  function ticks(low, high) {
    const raw = (high - low) / 3 || 1;
    const power = Math.pow(10, Math.floor(Math.log10(raw)));
    const step = power * [1, 2, 5, 10].find(function (m) { return m * power >= raw * 0.999; });
    const found = [];
    for (let k = Math.floor(low / step + 1e-9); k * step < high + step * 0.999; k++) found.push(k * step);
    return { at: found, digits: Math.max(0, -Math.floor(Math.log10(step) + 1e-9)) };
  }

  function chart(design, name, last) {
    const curve = design.curves[name], measure = data.measures[name];
    const width = 320, height = 150, left = 36, right = 8, top = 6, bottom = 20;
    const scale = ticks(ranges[name][0], ranges[name][1]);
    const low = scale.at[0], high = Math.max(scale.at[scale.at.length - 1], low + 1e-9);
    const x = function (q) { return left + (width - left - right) * (last ? q / last : 0.5); };
    const y = function (value) { return top + (height - top - bottom) * (1 - (value - low) / (high - low)); };
    const picture = svg("svg", { viewBox: "0 0 " + width + " " + height, role: "img" });
    for (const value of scale.at) {
      picture.append(svg("line", { x1: left, x2: width - right, y1: y(value), y2: y(value), stroke: "#e3e3e3" }));
      picture.append(svg("text", { x: left - 4, y: y(value) + 4, "font-size": 11, "text-anchor": "end" }, [value.toFixed(scale.digits)]));
    }
    years(design.labels).forEach(function (year) {
      const at = x(year[0]);
      picture.append(svg("line", { x1: at, x2: at, y1: height - bottom, y2: height - bottom + 4, stroke: "#777" }));
      if (width - at > 18) picture.append(svg("text", { x: at, y: height - 4, "font-size": 11, "text-anchor": year[0] === 0 ? "start" : "middle" }, [year[1]]));
    });

    /* Pieces of a line without gaps; a lonely point becomes a short dash. */
    function pieces(values) {
      let text = "", open = false;
      values.forEach(function (value, q) {
        if (value === null) { open = false; return; }
        text += (open ? "L" : "M") + x(q).toFixed(1) + " " + y(value).toFixed(1);
        if (!open && (q === values.length - 1 || values[q + 1] === null)) text += "h1";
        open = true;
      });
      return text;
    }

    let band = "", start = -1;
    for (let q = 0; q <= last + 1; q++) {
      const there = q <= last && curve.low[q] !== null && curve.high[q] !== null;
      if (there && start < 0) start = q;
      if (!there && start >= 0) {
        const upper = [], lower = [];
        for (let k = start; k < q; k++) {
          upper.push(x(k).toFixed(1) + " " + y(curve.high[k]).toFixed(1));
          lower.unshift(x(k).toFixed(1) + " " + y(curve.low[k]).toFixed(1));
        }
        band += "M" + upper.concat(lower).join("L") + "Z";
        start = -1;
      }
    }
    const cursor = svg("line", { class: "cursor", y1: top, y2: height - bottom, stroke: "#d55e00", "stroke-width": 1.5 });
    const point = svg("circle", { r: 4, fill: "#0072b2", stroke: "#fff", "stroke-width": 1.5 });
    fill(picture, [
      svg("path", { class: "band", d: band, fill: "#bfe0f5" }),
      svg("path", { class: "middle", d: pieces(curve.middle), fill: "none", stroke: "#5aa3d0", "stroke-width": 1 }),
      svg("path", { class: "twin", d: pieces(curve.twin), fill: "none", stroke: "#444", "stroke-width": 1.6, "stroke-dasharray": "5 4" }),
      svg("path", { class: "own", d: pieces(curve.own), fill: "none", stroke: "#0072b2", "stroke-width": 2.4 }),
      cursor, point,
    ]);
    scrubbed(picture, function (share) { return Math.round((share * width - left) / (width - left - right) * last); });
    const reading = html("p", { class: "soft" });
    const element = html("figure", { class: "curve", "data-measure": name, title: measure.meaning + " (" + measure.unit + ")" }, [
      html("h3", {}, [measure.label]), reading, picture,
    ]);
    return {
      element: element,
      show: function (q) {
        const value = curve.own[q];
        cursor.setAttribute("x1", x(q));
        cursor.setAttribute("x2", x(q));
        point.style.display = value === null ? "none" : "";
        if (value !== null) {
          point.setAttribute("cx", x(q));
          point.setAttribute("cy", y(value));
        }
        reading.textContent = shown(value) + (curve.twin[q] === null ? "" : ", twin " + shown(curve.twin[q]));
        picture.setAttribute("aria-label", measure.label + " in " + design.labels[q] + ": " + shown(value) +
          "; 90 % of histories lie between " + shown(curve.low[q]) + " and " + shown(curve.high[q]) + ".");
      },
    };
  }

  /* A press or a drag on a picture sets the quarter. */
  function scrubbed(picture, quarterAt) {
    const move = function (event) {
      const box = picture.getBoundingClientRect();
      pause();
      go(quarterAt((event.clientX - box.left) / box.width));
    };
    picture.addEventListener("pointerdown", function (event) {
      picture.setPointerCapture(event.pointerId);
      move(event);
    });
    picture.addEventListener("pointermove", function (event) { if (event.buttons) move(event); });
  }

  // ---- playing -------------------------------------------------------------------------------------------
  const control = {};
  for (const name of ["first", "back", "play", "forward", "quarter", "scrub", "speed", "spoken"]) control[name] = document.getElementById(name);
  let timer = null;

  const panels = data.designs.map(drawn);
  const main = document.getElementById("designs");
  main.dataset.count = String(panels.length);
  for (const panel of panels) main.append(panel.element);
  const first = data.designs[0].labels;
  const together = data.designs.every(function (design) { return design.labels[0] === first[0]; });
  const clock = [];
  for (let q = 0; q < longest; q++) {
    const design = data.designs.find(function (one) { return q < one.labels.length; });
    clock.push(together ? design.labels[q] : "Quarter " + (q + 1));
  }

  function go(quarter) {
    now = Math.max(0, Math.min(longest - 1, quarter));
    const texts = panels.map(function (panel) { return panel.show(now); });
    control.quarter.textContent = clock[now];
    control.scrub.value = String(now);
    control.scrub.setAttribute("aria-valuetext", clock[now]);
    if (timer === null) control.spoken.textContent = texts.join(" ");
  }

  function tick() {
    if (now >= longest - 1) { pause(); return; }
    go(now + 1);
    timer = window.setTimeout(tick, 1000 / Number(control.speed.value));
  }

  function play() {
    timer = window.setTimeout(tick, now >= longest - 1 ? 0 : 1000 / Number(control.speed.value));
    control.play.textContent = "Pause";
    if (now >= longest - 1) go(0);
  }

  function pause() {
    if (timer === null) return;
    window.clearTimeout(timer);
    timer = null;
    control.play.textContent = "Play";
    go(now);
  }

  function step(by) {
    pause();
    go(now + by);
  }

  control.scrub.max = String(longest - 1);
  control.scrub.addEventListener("input", function () { pause(); go(Number(control.scrub.value)); });
  control.play.addEventListener("click", function () { if (timer === null) play(); else pause(); });
  control.first.addEventListener("click", function () { step(-longest); });
  control.back.addEventListener("click", function () { step(-1); });
  control.forward.addEventListener("click", function () { step(1); });
  document.addEventListener("keydown", function (event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const tag = event.target.tagName;
    if (tag === "SELECT" || (tag === "INPUT" && (event.key !== " " || event.target.type !== "range"))) return;
    if (event.key === " " && tag !== "BUTTON") control.play.click();
    else if (event.key === "ArrowLeft") step(-1);
    else if (event.key === "ArrowRight") step(1);
    else if (tag !== "OL" && event.key === "Home") step(-longest);
    else if (tag !== "OL" && event.key === "End") step(longest);
    else return;
    event.preventDefault();
  });

  // ---- key and choices -----------------------------------------------------------------------------------
  const key = document.getElementById("key");

  function sample(children, text, width) {
    const picture = svg("svg", { viewBox: "0 0 " + width + " 18", width: width, height: 18, "aria-hidden": "true" }, children);
    key.append(html("span", {}, [picture, text]));
  }

  ROLES.forEach(function (role, place) {
    sample([svg("path", { d: SHAPES[place], transform: "translate(10 9) scale(7)", fill: role[1], stroke: "#222", "stroke-width": 0.15 })], "mainly " + role[0], 20);
  });
  key.append(html("span", {}, ["bands: how far a state is each of the three; size: its commitment; outline: the chair"]));
  sample([svg("g", { class: "trust" }, [svg("path", { d: "M0 9H30", "stroke-width": 6 })])], "mutual trust above the level chosen here; the wider, the more", 30);
  sample([svg("g", { class: "talk" }, [svg("path", { d: "M0 9H30", "stroke-width": 2 })])], "talked candidly this quarter for the hours chosen here or more", 30);
  sample([svg("g", { class: "leak" }, [svg("path", { d: "M0 9H30" })])], "leak, from who leaked to whose confidence it was (dotted: nobody knows who)", 30);
  sample([svg("rect", { y: 2, width: 30, height: 14, fill: "#bfe0f5" }), svg("path", { d: "M0 9H30", stroke: "#0072b2", "stroke-width": 2.4 })], "this history, and where 90 % of all histories lie (thin: their median)", 30);
  sample([svg("path", { d: "M0 9H30", stroke: "#444", "stroke-width": 1.6, "stroke-dasharray": "5 4" })], "the no-process twin: same luck, no meetings", 30);
  sample([svg("rect", { y: 3, x: 4, width: 6, height: 12, fill: "#444" }), svg("rect", { y: 7, x: 18, width: 8, height: 4, fill: "#fff", stroke: "#c00000" })], "meetings held, meeting cancelled", 30);

  const choices = html("div", { class: "choices" });
  key.append(choices);

  function slider(name, text, most, step) {
    const level = html("output", {}, [String(choice[name])]);
    const input = html("input", { type: "range", min: "0", max: String(most), step: String(step), value: String(choice[name]), id: "level-" + name });
    input.addEventListener("input", function () {
      choice[name] = Number(input.value);
      level.textContent = input.value;
      go(now);
    });
    choices.append(html("label", {}, [text + " ", input, " ", level]));
  }

  slider("trust", "Show trust above", 0.99, 0.01);
  slider("talk", "Show talk from hours", data.levels.most, data.levels.most > 4 ? 0.1 : 0.01);
  const picker = html("select", { id: "state" }, [html("option", { value: "" }, ["all states"])]);
  const listed = new Map();
  for (const design of data.designs) for (const state of design.states) listed.set(state.code, state.name);
  listed.forEach(function (name, code) { picker.append(html("option", { value: code }, [name])); });
  picker.addEventListener("change", function () { choose(picker.value); });
  choices.append(html("label", {}, ["Links of ", picker]));

  function choose(code) {
    choice.state = code;
    picker.value = code;
    go(now);
  }

  const boxes = html("fieldset", {}, [html("legend", {}, ["Curves"])]);
  Object.keys(ranges).forEach(function (name, place) {
    const box = html("input", { type: "checkbox", value: name });
    const apply = function () {
      for (const panel of panels) if (panel.charts[name]) panel.charts[name].element.hidden = !box.checked;
    };
    box.checked = place < 6;
    box.addEventListener("change", apply);
    apply();
    boxes.append(html("label", {}, [box, " " + data.measures[name].label]));
  });
  choices.append(boxes);

  document.getElementById("about").textContent = data.about;
  document.getElementById("foot").textContent = data.foot;
  go(0);
})();
