"use strict";
// Draws results, the document of sweep.json: columns, and points that hold their figures by a column's key.
const results = JSON.parse(document.getElementById("results").textContent);
const columns = results.columns;
const points = results.points.map((figures, index) => ({figures, index}));
const budget = results.budget || null;

const value = (point, key) => point.figures[key];
const known = (key) => points.some((point) => typeof value(point, key) === "number");
const distinct = (key) => [...new Set(points.map((point) => value(point, key)))];

// What makes a network worth having, accuracy where it was measured; and what it costs.
const worth = ["map", "macs"].find(known);
const latency = ["ms_" + results.threads[0], "predicted_ms"].find(known);

const alphas = distinct("alpha").sort((a, b) => a - b);
const rhos = distinct("rho").sort((a, b) => a - b);
const targets = distinct("target");
const hidden = new Set();  // "alpha 0.5": filtered out
const visible = (point) => !["alpha", "rho", "target", "unroll"].some((key) => hidden.has(key + " " + value(point, key)));

// --- Text

const digits = (number) => (number <= 0 ? "0" : number.toFixed(Math.max(0, 2 - Math.floor(Math.log10(number)))));
const commas = (number) => Math.round(number).toLocaleString("en-US");
const forms = {
  text: (x) => String(x),
  number: (x) => String(x),
  count: commas,
  millions: (x) => digits(x / 1e6),
  kib: (x) => commas(x / 1024),
  ms: digits,
  seconds: (x) => x.toFixed(1),
  percent: (x) => x.toFixed(1),
  share: digits,
  accuracy: (x) => x.toFixed(3),
};
const text = (point, column) => {
  const figure = value(point, column.key);
  return figure === undefined ? "" : typeof figure === "string" ? figure : forms[column.form](figure);
};
const title = (point) => "alpha " + value(point, "alpha") + ", rho " + value(point, "rho");
const side = (point) => String(value(point, "input") || "").split("x")[0];

const element = (name, attributes = {}, ...children) => {
  const svg = ["svg", "g", "path", "line", "text", "circle", "rect", "title"].includes(name);
  const made = svg ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
  for (const [key, setting] of Object.entries(attributes)) made.setAttribute(key, setting);
  made.append(...children);
  return made;
};

// --- Marks: colour for alpha, shape for rho

const channels = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16));
function colour(alpha) {
  const stops = getComputedStyle(document.documentElement).getPropertyValue("--ramp").split(",").map((stop) => channels(stop.trim()));
  const place = alphas.length < 2 ? 0 : (alphas.indexOf(alpha) / (alphas.length - 1)) * (stops.length - 1);
  const at = Math.min(Math.floor(place), stops.length - 2);
  return "rgb(" + stops[at].map((low, i) => Math.round(low + (stops[at + 1][i] - low) * (place - at))).join(" ") + ")";
}

const polygon = (corners, turn, size) =>
  "M" + Array.from({length: corners}, (_, i) => {
    const angle = turn + (2 * Math.PI * i) / corners;
    return (size * Math.sin(angle)).toFixed(2) + " " + (-size * Math.cos(angle)).toFixed(2);
  }).join("L") + "Z";
const shapes = [
  "M-5 0A5 5 0 1 1 5 0A5 5 0 1 1 -5 0Z",                                         // circle
  polygon(4, Math.PI / 4, 6.4),                                                   // square
  polygon(3, 0, 6.8),                                                             // triangle
  polygon(4, 0, 6.8),                                                             // diamond
  polygon(3, Math.PI, 6.8),                                                       // triangle, upside down
  "M-2 -6H2V-2H6V2H2V6H-2V2H-6V-2H-2Z",                                           // cross
  polygon(6, 0, 6.2),                                                             // hexagon
  "M0 -7L1.9 -2.4L6.7 -2.2L2.9 0.9L4.2 5.6L0 2.9L-4.2 5.6L-2.9 0.9L-6.7 -2.2L-1.9 -2.4Z",  // star
];
const shape = (rho) => shapes[rhos.indexOf(rho) % shapes.length];
const hollow = (point) => targets.indexOf(value(point, "target")) % 2 === 1;

function icon(path, fill, outline = "none") {
  return element("svg", {viewBox: "-7 -7 14 14", "aria-hidden": "true"}, element("path", {d: path, fill, stroke: outline, "stroke-width": 1.5}));
}
const mark = (point) => {
  const fill = colour(value(point, "alpha"));
  return hollow(point) ? icon(shape(value(point, "rho")), "none", fill) : icon(shape(value(point, "rho")), fill);
};

// --- Pareto front: whatever no other network beats in worth and in every cost at once

function front(shown, costs) {
  const no_worse = (a, b) => value(a, worth) >= value(b, worth) && costs.every((key) => value(a, key) <= value(b, key));
  const equal = (a, b) => value(a, worth) === value(b, worth) && costs.every((key) => value(a, key) === value(b, key));
  const rated = shown.filter((point) => !value(point, "failed") && [worth, ...costs].every((key) => typeof value(point, key) === "number"));
  return rated.filter((one) => !rated.some((other) => no_worse(other, one) && !equal(other, one)))
    .sort((a, b) => value(a, worth) - value(b, worth));
}

// --- Plots

const column_of = (key) => columns.find((column) => column.key === key);
const axis_scale = {millions: 1e6, kib: 1024};
const axis = (key, name, unit, limit) => ({key, name, unit, scale: axis_scale[(column_of(key) || {}).form] || 1, limit});
const latency_axis = axis(latency, latency === "predicted_ms" ? "predicted latency" : "latency", "ms", budget && budget.ms);
const macs_axis = axis("macs", "multiply-adds", "M", null);
const weights_axis = axis("weights_bytes", "weights", "KiB", null);
const ram_axis = axis("arena_bytes", "RAM (arena)", "KiB", budget && budget.ram);
const map_axis = {...axis("map", "mAP", "IoU 0.5", null), linear: true};
const accuracy_against = (cost) => ({name: "Accuracy against " + cost.name, x: cost, y: map_axis, costs: [cost.key]});
const plots = worth === "map" ? [
  accuracy_against(latency_axis),
  accuracy_against(weights_axis),
  accuracy_against(ram_axis),
  {name: "Latency against multiply-adds", x: macs_axis, y: latency_axis, costs: [latency, "macs"]},
  {name: "RAM against latency", x: latency_axis, y: ram_axis, costs: [latency, "arena_bytes"]},
].filter((plot) => plot.x.key && plot.y.key) : latency === undefined ? [
  {name: "RAM against multiply-adds", x: macs_axis, y: ram_axis, costs: ["arena_bytes"]},
  {name: "Weights against multiply-adds", x: macs_axis, y: weights_axis, costs: ["weights_bytes"]},
  {name: "RAM against weights", x: weights_axis, y: ram_axis, costs: ["weights_bytes", "arena_bytes"]},
] : [
  {name: "Latency against multiply-adds", x: macs_axis, y: latency_axis, costs: [latency]},
  {name: "Latency against weights", x: weights_axis, y: latency_axis, costs: [latency, "weights_bytes"]},
  {name: "RAM against latency", x: latency_axis, y: ram_axis, costs: [latency, "arena_bytes"]},
];
if (results.prediction) plots.push({
  name: "Predicted against measured", x: axis("ms_1", "measured", "ms", null), y: axis("predicted_ms", "predicted", "ms", null), costs: null,
  about: "median error " + results.prediction.median_error_percent.toFixed(1) + " %, largest " + results.prediction.largest_error_percent.toFixed(1) + " %",
});

function log_axis(values, from, to) {
  let low = Math.min(...values), high = Math.max(...values);
  if (high / low < 1.5) [low, high] = [low / 1.3, high * 1.3];
  const margin = Math.pow(high / low, 0.07);
  [low, high] = [low / margin, high * margin];
  const place = (x) => from + ((to - from) * Math.log(x / low)) / Math.log(high / low);
  const ticks = [];
  const wide = high / low > 60;
  for (let decade = Math.pow(10, Math.floor(Math.log10(low))); decade <= high; decade *= 10)
    for (const step of wide ? [1, 3] : high / low < 4 ? [1, 1.5, 2, 3, 4, 5, 6, 7, 8] : [1, 2, 5])
      if (decade * step >= low && decade * step <= high) ticks.push(decade * step);
  return {place, ticks};
}

/// For shares of 1: never below 0 or above 1.
function linear_axis(values, from, to) {
  const margin = Math.max(0.08 * (Math.max(...values) - Math.min(...values)), 0.01);
  const low = Math.max(0, Math.min(...values) - margin), high = Math.min(1, Math.max(...values) + margin);
  const step = [0.005, 0.01, 0.02, 0.05, 0.1].find((one) => (high - low) / one <= 6) || 0.2;
  const place = (x) => from + ((to - from) * (x - low)) / (high - low);
  const first = Math.ceil(low / step), last = Math.floor(high / step);
  return {place, ticks: Array.from({length: last - first + 1}, (_, i) => (first + i) * step)};
}

const axis_of = (one, values, from, to) => (one.linear ? linear_axis : log_axis)(values, from, to);

const tick_text = (number) => (number >= 1000 ? commas(number) : String(+number.toPrecision(3)));

/// Where a label fits: beside its mark, over no other mark or label; null if nowhere.
function label_place(x, y, width, taken, area) {
  const height = 12;
  for (const [dx, dy] of [[9, 4], [-9 - width, 4], [-width / 2, -10], [-width / 2, 20], [8, -7], [8, 15], [-8 - width, -7], [-8 - width, 15]]) {
    const box = [x + dx, y + dy - height + 2, x + dx + width, y + dy + 2];
    const inside = box[0] >= area[0] && box[2] <= area[2] && box[1] >= area[1] && box[3] <= area[3];
    if (inside && !taken.some((other) => box[0] < other[2] && other[0] < box[2] && box[1] < other[3] && other[1] < box[3])) return {x: x + dx, y: y + dy, box};
  }
  return null;
}

function draw_grid(svg, plot, x, y, size) {
  for (const tick of x.ticks) {
    svg.append(element("line", {class: "grid", x1: x.place(tick), x2: x.place(tick), y1: size.top, y2: size.bottom}),
               element("text", {class: "axis-text", x: x.place(tick), y: size.bottom + 16, "text-anchor": "middle"}, tick_text(tick)));
  }
  for (const tick of y.ticks) {
    svg.append(element("line", {class: "grid", x1: size.left, x2: size.right, y1: y.place(tick), y2: y.place(tick)}),
               element("text", {class: "axis-text", x: size.left - 6, y: y.place(tick) + 4, "text-anchor": "end"}, tick_text(tick)));
  }
  svg.append(element("text", {class: "axis-name", x: size.right, y: size.bottom + 33, "text-anchor": "end"}, plot.x.name + ", " + plot.x.unit),
             element("text", {class: "axis-name", x: size.left - 40, y: size.top - 9}, plot.y.name + ", " + plot.y.unit));
}

function draw_limit(svg, plot, x, y, size) {
  const across = plot.x.limit && x.place(plot.x.limit / plot.x.scale), up = plot.y.limit && y.place(plot.y.limit / plot.y.scale);
  if (across && across > size.left && across < size.right)
    svg.append(element("line", {class: "limit", x1: across, x2: across, y1: size.top, y2: size.bottom}),
               element("text", {class: "limit-text", x: across + 4, y: size.top + 11}, "limit"));
  if (up && up > size.top && up < size.bottom)
    svg.append(element("line", {class: "limit", x1: size.left, x2: size.right, y1: up, y2: up}),
               element("text", {class: "limit-text", x: size.left + 4, y: up - 5}, "limit"));
}

/// Joins neighbours on the front, but not where one of the axes goes back: there the larger network is the cheaper one on it.
function front_path(places) {
  const number = (place) => place.map((coordinate) => coordinate.toFixed(1)).join(" ");
  return places.slice(1).map((to, i) => (to[0] >= places[i][0] - 0.5 && to[1] <= places[i][1] + 0.5 ? "M" + number(places[i]) + "L" + number(to) : "")).join("");
}

const judged = (point) => (budget ? (value(point, "fits") === "yes" ? "" : " misses") : "");
const chosen = (point) => (budget && budget.recommended === point.index ? " chosen" : "");

function draw_point(point, x, y, on_front) {
  const classes = "point" + (hollow(point) ? " hollow" : "") + (on_front ? "" : " off-front") + judged(point) + chosen(point);
  const paint = colour(value(point, "alpha"));
  const drawn = element("g", {class: classes, "data-point": point.index, transform: "translate(" + x.toFixed(1) + " " + y.toFixed(1) + ")",
                              tabindex: 0, role: "img", "aria-label": title(point)});
  const path = element("path", {class: "mark", d: shape(value(point, "rho")), fill: paint});
  if (hollow(point)) path.style.stroke = paint;
  drawn.append(element("circle", {class: "hit", r: 13}), element("circle", {class: "halo", r: 10}), path);
  return drawn;
}

const has_place = (point, one) => (one.linear ? value(point, one.key) >= 0 : value(point, one.key) > 0);

function draw(plot) {
  const figure = plot.figure;
  const width = Math.max(280, figure.clientWidth - 24);
  const size = {left: 50, right: width - 14, top: 26, bottom: Math.round(Math.min(width * 0.72, 400))};
  const svg = element("svg", {viewBox: "0 0 " + width + " " + (size.bottom + 40), height: size.bottom + 40, role: "group", "aria-label": plot.name});
  const all = points.filter((point) => has_place(point, plot.x) && has_place(point, plot.y));
  const shown = all.filter(visible);
  figure.querySelector("svg")?.remove();
  figure.append(svg);
  if (all.length === 0) return;
  const x_values = all.map((point) => value(point, plot.x.key) / plot.x.scale), y_values = all.map((point) => value(point, plot.y.key) / plot.y.scale);
  const both = plot.costs ? null : [...x_values, ...y_values];
  const x = axis_of(plot.x, both || x_values, size.left, size.right), y = axis_of(plot.y, both || y_values, size.bottom, size.top);
  draw_grid(svg, plot, x, y, size);
  draw_limit(svg, plot, x, y, size);
  if (both) svg.append(element("line", {class: "diagonal", x1: x.place(Math.min(...both)), y1: y.place(Math.min(...both)), x2: x.place(Math.max(...both)), y2: y.place(Math.max(...both))}));
  const at = new Map(shown.map((point) => [point, [x.place(value(point, plot.x.key) / plot.x.scale), y.place(value(point, plot.y.key) / plot.y.scale)]]));
  const best = plot.costs ? front(shown, plot.costs) : [];
  svg.append(element("path", {class: "front", d: front_path(best.map((point) => at.get(point)))}));
  const on_front = new Set(best);
  const taken = [...at.values()].map(([px, py]) => [px - 6, py - 6, px + 6, py + 6]);
  const area = [size.left, size.top, size.right + 12, size.bottom];
  const order = [...shown].sort((a, b) => Boolean(chosen(b)) - Boolean(chosen(a)) || on_front.has(b) - on_front.has(a));
  for (const point of order) {
    const name = value(point, "alpha") + "\u00b7" + side(point);
    const place = label_place(...at.get(point), name.length * 5.9, taken, area);
    if (!place) continue;
    taken.push(place.box);
    svg.append(element("text", {class: "label" + (on_front.has(point) ? " on-front" : ""), x: place.x.toFixed(1), y: place.y.toFixed(1)}, name));
  }
  for (const point of [...shown].sort((a, b) => on_front.has(a) - on_front.has(b)))
    svg.append(draw_point(point, ...at.get(point), !plot.costs || on_front.has(point)));
}

function draw_plots() {
  for (const plot of plots) draw(plot);
}

// --- Hover: a point lights up wherever it is

const tip = document.getElementById("tip");
const tip_columns = columns.filter((column) => (column.short && column.group !== "point") || column.key === "fits" || column.key.startsWith("p90_ms"));

function light(index) {
  for (const lit of document.querySelectorAll(".lit")) lit.classList.remove("lit");
  if (index !== null) for (const one of document.querySelectorAll('[data-point="' + index + '"]')) one.classList.add("lit");
}

function show_tip(point, left, top) {
  const list = element("dl");
  for (const column of tip_columns) {
    const figure = text(point, column);
    if (figure) list.append(element("dt", {}, column.heading), element("dd", {}, figure));
  }
  if (value(point, "failed")) list.append(element("dd", {class: "wide"}, value(point, "failed")));
  const where = [value(point, "input"), targets.length > 1 ? value(point, "target") : "", distinct("unroll").length > 1 ? value(point, "unroll") : ""];
  tip.replaceChildren(element("h3", {}, mark(point), title(point)), element("div", {}, where.filter(Boolean).join(", ")), list);
  tip.hidden = false;
  const box = tip.getBoundingClientRect(), gap = 14;
  const x = left + gap + box.width > innerWidth - 8 ? left - gap - box.width : left + gap;
  tip.style.left = Math.max(8, Math.min(x, innerWidth - box.width - 8)) + "px";
  tip.style.top = Math.max(8, Math.min(top - box.height / 2, innerHeight - box.height - 8)) + "px";
  light(point.index);
}

function hide_tip() {
  tip.hidden = true;
  light(null);
}

function watch(holder) {
  const found = (event) => event.target.closest?.("[data-point]");
  const show = (event) => {
    const at = found(event);
    if (!at) return hide_tip();
    if (at.tagName === "TR") return light(Number(at.dataset.point));
    const box = at.getBoundingClientRect();
    show_tip(points[at.dataset.point], box.left + box.width / 2, box.top + box.height / 2);
  };
  for (const event of ["pointerover", "focusin", "click"]) holder.addEventListener(event, show);
  for (const event of ["pointerleave", "focusout"]) holder.addEventListener(event, hide_tip);
}

// --- Table

let sorted = {key: null, down: false};
const is_text = (column) => column.form === "text";

function shown_columns() {
  const all = document.getElementById("all-columns").checked;
  const single = (key) => (key === "target" || key === "unroll") && distinct(key).length === 1;
  return columns.filter((column) => column.key !== "alpha" && column.key !== "failed" && !single(column.key) && (all || column.short));
}

function in_order() {
  const shown = points.filter(visible);
  if (!sorted.key) return shown;
  const sign = sorted.down ? -1 : 1;
  return shown.sort((a, b) => {
    const one = value(a, sorted.key), other = value(b, sorted.key);
    if (one === undefined || other === undefined) return (one === undefined) - (other === undefined);  // what is not known comes last
    return sign * (typeof one === "string" ? String(one).localeCompare(String(other), "en", {numeric: true}) : one - other);
  });
}

function heading(column, classes) {
  const button = element("button", {type: "button", title: column.help}, column.heading);
  const made = element("th", {scope: "col", class: classes, "data-key": column.key}, button);
  if (sorted.key === column.key) made.setAttribute("aria-sort", sorted.down ? "descending" : "ascending");
  button.addEventListener("click", () => {
    sorted = {key: column.key, down: sorted.key === column.key && !sorted.down};
    draw_table();
    document.querySelector('th[data-key="' + column.key + '"] button').focus();
  });
  return made;
}

function table_row(point, shown) {
  const row = element("tr", {"data-point": point.index, class: (judged(point) + chosen(point)).trim()});
  row.append(element("td", {class: "pinned"}, mark(point), String(value(point, "alpha"))));
  const failed = value(point, "failed");
  for (const column of shown) row.append(element("td", {class: is_text(column) ? "words" : ""}, text(point, column)));
  if (points.some((other) => value(other, "failed"))) row.append(element("td", {class: "words why"}, failed || ""));
  return row;
}

function draw_table() {
  const shown = shown_columns();
  const head = element("tr", {}, heading(column_of("alpha"), "pinned words"));
  for (const column of shown) head.append(heading(column, is_text(column) ? "words" : ""));
  if (column_of("failed")) head.append(heading(column_of("failed"), "words"));
  const body = element("tbody");
  for (const point of in_order()) body.append(table_row(point, shown));
  document.getElementById("table").replaceChildren(element("thead", {}, head), body);
}

// --- What stands above

function chip(key, option, picture) {
  const button = element("button", {type: "button", class: "chip" + (picture ? "" : " plain"), "aria-pressed": "true"}, ...(picture ? [picture] : []), String(option));
  button.addEventListener("click", () => {
    const name = key + " " + option;
    if (!hidden.delete(name)) hidden.add(name);
    button.setAttribute("aria-pressed", String(!hidden.has(name)));
    draw_plots();
    draw_table();
  });
  return button;
}

function draw_key() {
  const soft = getComputedStyle(document.documentElement).getPropertyValue("--soft");
  const pictures = {
    alpha: (option) => icon(shapes[0], colour(option)),
    rho: (option) => icon(shape(option), soft),
    target: (option) => (targets.length < 2 ? null : targets.indexOf(option) % 2 ? icon(shapes[0], "none", soft) : icon(shapes[0], soft)),
    unroll: () => null,
  };
  const groups = {alpha: alphas, rho: rhos, target: targets, unroll: distinct("unroll")};
  const holder = document.getElementById("key");
  holder.replaceChildren();
  for (const [key, options] of Object.entries(groups)) {
    if (options.length < 2 && (key === "target" || key === "unroll")) continue;
    holder.append(element("div", {class: "key-group", role: "group", "aria-label": key}, element("span", {}, key), ...options.map((option) => chip(key, option, pictures[key](option)))));
  }
  for (const button of holder.querySelectorAll(".chip")) {
    const name = button.parentElement.getAttribute("aria-label") + " " + button.textContent;
    button.setAttribute("aria-pressed", String(!hidden.has(name)));
  }
}

function write_texts() {
  document.getElementById("count").textContent = points.length === 1 ? "1 network" : points.length + " networks";
  const threads = results.threads.length === 1 && results.threads[0] === 1 ? "one thread" : results.threads.join(", ") + " threads";
  const about = [results.measured ? "measured on " + (results.machine || "this machine") + ", " + threads : "not measured: figures of the plans alone"];
  if (targets.length === 1) about.push("target " + targets[0]);
  if (results.compiler) about.push(results.compiler);
  if (results.evaluated_on) about.push("accuracy on " + results.evaluated_on);
  if (results.predicted_by) about.push("predictions: prices of " + results.predicted_by);
  document.getElementById("about").textContent = about.join("; ");
  document.getElementById("front-note").textContent =
    "Colour: alpha. Shape: rho. Labels: alpha\u00b7input side. Line and full colour: the Pareto front, the networks that no other beats in " +
    (worth === "map" ? "mean average precision" : "multiply-adds (the more, the better it can see)") + " and in what the plot's axes cost, all at once.";
  const verdict = document.getElementById("verdict");
  if (budget) {
    verdict.textContent = "Budget " + budget.limits + ": " + budget.verdict + ".";
    verdict.className = budget.recommended === null ? "none" : "";
    verdict.hidden = false;
  }
  const failed = points.filter((point) => value(point, "failed"));
  if (failed.length === 0) return;
  const list = element("ul");
  for (const point of failed) list.append(element("li", {}, title(point) + (targets.length > 1 ? ", " + value(point, "target") : "") + ": " + value(point, "failed")));
  document.getElementById("failures").replaceChildren(element("strong", {}, failed.length + " of " + points.length + " failed"), list);
  document.getElementById("failures").hidden = false;
}

function draw_all() {
  draw_key();
  draw_plots();
  draw_table();
}

write_texts();
const holder = document.getElementById("plots");
for (const plot of plots) {
  plot.figure = element("figure", {}, element("figcaption", {}, plot.name, ...(plot.about ? [element("span", {}, plot.about)] : [])));
  holder.append(plot.figure);
}
holder.dataset.count = plots.length;
draw_all();
watch(holder);
watch(document.getElementById("table-frame"));
document.getElementById("all-columns").addEventListener("change", draw_table);
document.addEventListener("keydown", (event) => { if (event.key === "Escape") hide_tip(); });
addEventListener("scroll", hide_tip, {passive: true});
let last_width = innerWidth;
addEventListener("resize", () => { if (innerWidth !== last_width) { last_width = innerWidth; draw_plots(); } });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw_all);
