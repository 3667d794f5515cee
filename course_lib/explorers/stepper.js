// The backprop stepper in the page. Python sends `fixed` (places, steps, program) once and `numbers` for every position of
// the sliders; which step is shown, and which of its numbers is worked out, is decided here, within one frame.

const SVG = "http://www.w3.org/2000/svg";
const OURS = { "data-lm-suppress-shortcuts": "true" };  // on what has the focus: its keys are not JupyterLab's shortcuts
const TINT = { forward: "course-forward", backward: "course-backward" };

function make(parent, tag, attributes = {}, text = "") {
  const element = document.createElementNS(parent.namespaceURI.endsWith("svg") || tag === "svg" ? SVG : "http://www.w3.org/1999/xhtml", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.textContent = text;
  parent.append(element);
  return element;
}

const write = (element, text) => { if (element.textContent !== text) element.textContent = text; };

// "dW_2 = A_1^T dlogits" -> one-letter names in italics, _1 below, ^T above
const equation = text => text.split("^T").map(part => part
  .replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;")
  .replace(/\b(d?)([A-Za-z])(?=_|\b)/g, "$1<i>$2</i>")
  .replace(/_(\w)/g, "<sub>$1</sub>")).join("<sup>T</sup>");

function render({ model, el }) {
  const { size, boxes, nodes, wires, units, steps, program, letters, sliders, start } = model.get("fixed");
  const inNumbers = shapes => shapes.replace(/\b[NDHC]\b/g, letter => letters[letter]);

  const root = make(el, "div", {
    class: "course-stepper", role: "group", tabindex: -1, ...OURS,
    "aria-label": "Backprop, step by step. Left and right arrow: another step. Up and down arrow: another number. Home and End: first and last step.",
  });

  // ---- the graph ----
  const svg = make(root, "svg", { viewBox: `0 0 ${size.width} ${size.height}`, role: "img", "aria-label": "The graph of the network with its numbers" });
  const defs = make(svg, "defs");
  for (const kind of ["forward", "backward", "idle"]) {
    const marker = make(defs, "marker", { id: `course-arrow-${kind}`, class: `course-arrow-${kind}`, viewBox: "0 0 8 8", refX: 7, refY: 4, markerWidth: 9, markerHeight: 9, markerUnits: "userSpaceOnUse", orient: "auto" });
    make(marker, "path", { d: "M0 0 L8 4 L0 8 Z" });
  }
  const wireLines = wires.map(({ x1, y1, x2, y2, backward, steps }) => ({
    line: make(svg, "line", { x1, y1, x2, y2 }), backward,
    at: steps.map(name => 1 + stepsIndex(name)),
  }));
  function stepsIndex(name) { return steps.findIndex(step => step.makes === name); }

  const nodeBoxes = Object.fromEntries(nodes.map(({ name, label, x, y, size }) => {
    const group = make(svg, "g", { class: "course-node" });
    make(group, "rect", { x: x - size / 2, y: y - size / 2, width: size, height: size, rx: 10 });
    make(group, "text", { x, y: y + 4, "text-anchor": "middle" }, label);
    return [name, group];
  }));

  // The small drawing of the network: edges[W][row][column] and the units
  const unitAt = (array, column) => units.find(unit => unit.arrays.includes(array) && unit.column === column);
  const edges = {};
  for (const [array, from, to] of [["W1", "X", "Z1"], ["W2", "Z1", "logits"]]) {
    edges[array] = [];
    for (const a of units.filter(unit => unit.arrays.includes(from))) {
      edges[array].push(units.filter(unit => unit.arrays.includes(to)).map(b => make(svg, "line", { x1: a.x, y1: a.y, x2: b.x, y2: b.y, class: "course-edge" })));
    }
  }
  const circles = units.map(unit => ({
    unit, halo: make(svg, "circle", { cx: unit.x, cy: unit.y, r: 15, class: "course-unit" }),
    fill: make(svg, "circle", { cx: unit.x, cy: unit.y, r: 11, class: "course-unit-fill" }),
  }));
  const captions = [["X", "inputs"], ["Z1", "hidden units"], ["logits", "logits"]];
  for (const [array, text] of captions) make(svg, "text", { x: unitAt(array, 0).x, y: 216, "text-anchor": "middle", class: "course-small" }, text);
  const legend = make(svg, "g", { class: "course-small" });
  for (const [k, [kind, text]] of [["forward", "value"], ["backward", "gradient of the loss"]].entries()) {
    make(legend, "rect", { x: 680, y: 16 + 20 * k, width: 11, height: 11, rx: 2, class: `course-key ${TINT[kind]}` });
    make(legend, "text", { x: 697, y: 26 + 20 * k }, text);
  }

  // The arrays: cells[name][row][column] = { back, text }
  const cells = {}, heads = {};
  const cell = { width: size.cellWidth, height: size.cellHeight };
  for (const box of boxes) {
    const group = make(svg, "g", { class: "course-box" });
    make(group, "rect", { x: box.x, y: box.y, width: box.width, height: box.height, rx: 6, class: "course-box-edge" });
    const halves = box.gradient ? [box.name, `d${box.name}`] : [box.name];
    halves.forEach((name, half) => {
      const top = box.y + half * (size.head + box.rows * cell.height);
      const part = make(group, "g", { class: half ? "course-backward" : "course-forward" });
      heads[name] = make(part, "text", { x: box.x + 6, y: top + 13, class: "course-head" }, name);
      if (!half) make(group, "text", { x: box.x + box.width - 5, y: top + 13, "text-anchor": "end", class: "course-small" }, inNumbers(box.shape));
      cells[name] = Array.from({ length: box.rows }, (_, row) => Array.from({ length: box.columns }, (_, column) => {
        const x = box.x + size.margin + column * cell.width, y = top + size.head + row * cell.height;
        const back = make(part, "rect", { x: x + 0.5, y: y + 0.5, width: cell.width - 1, height: cell.height - 1, rx: 3, class: "course-cell" });
        const text = make(part, "text", { x: x + cell.width - 5, y: y + 12.5, "text-anchor": "end", class: "course-number" });
        for (const target of [back, text]) target.addEventListener("click", () => choose(name, row, column));
        return { back, text };
      }));
    });
  }
  for (const { array, row, column } of sliders) cells[array][row][column].text.classList.add("course-slid");

  // ---- buttons, dots, program, explanation, sliders ----
  const bar = make(root, "div", { class: "course-stepper-bar" });
  const button = (text, title, act) => {
    const made = make(bar, "button", { type: "button", class: "course-button", title, ...OURS }, text);
    made.addEventListener("click", act);
    return made;
  };
  const first = button("First", "Home", () => go(0)), back = button("Back", "Left arrow", () => go(now() - 1));
  const row = make(bar, "div", { class: "course-dots" });
  const dots = ["Before the first step", ...steps.map(step => step.title)].map((title, k) => {
    const kind = k === 0 ? "" : steps[k - 1].backward ? TINT.backward : TINT.forward;
    const dot = make(row, "button", { type: "button", tabindex: -1, ...OURS, class: `course-dot ${kind}`, title, "aria-label": `Step ${k}: ${title}` });
    dot.addEventListener("click", () => go(k));
    return dot;
  });
  const next = button("Next", "Right arrow", () => go(now() + 1)), last = button("Last", "End", () => go(steps.length));

  const panel = make(root, "div", { class: "course-stepper-panel" });
  const listing = make(panel, "pre", { class: "course-program", "aria-label": "The program" });
  const lines = program.map(line => make(listing, "code", line.startsWith("#") ? { class: "course-comment" } : {}, line));
  const told = make(panel, "div", { class: "course-told", role: "status" });
  const heading = make(told, "div", { class: "course-told-heading" });
  const where = make(heading, "span", { class: "course-told-where" });
  const hint = make(heading, "span", { class: "course-told-hint" });
  const [title, formula, shapes, sum, says] = ["title", "formula", "shapes", "sum", "says"]
    .map(name => make(told, "div", { class: `course-told-${name}` }));

  const knobs = make(root, "div", { class: "course-knobs" });
  const inputs = sliders.map(({ label, low, high, step }, k) => {
    const knob = make(knobs, "label", { class: "course-knob" });
    const name = make(knob, "span"), value = make(name, "output");
    name.prepend(`${label} = `);
    const input = make(knob, "input", { type: "range", min: low, max: high, step, value: model.get("weights")[k], "aria-label": label, ...OURS });
    input.addEventListener("input", () => {
      showKnobs();
      model.set("weights", inputs.map(({ input }) => Number(input.value)));
      model.save_changes();
    });
    return { input, value };
  });
  const showKnobs = () => inputs.forEach(({ input, value }) => write(value, Number(input.value).toFixed(2).replace("-", "−")));

  // ---- moving ----
  let chosen = 0;  // which number of the step's array is worked out
  const now = () => model.get("step");
  function go(step) {
    step = Math.max(0, Math.min(steps.length, step));
    if (step === now()) return;
    chosen = 0;
    model.set("step", step);  // shows it, by the observer below
    model.save_changes();
  }
  function choose(name, row, column) {
    const step = steps[now() - 1];
    if (!step || step.makes !== name) return;
    chosen = model.get("numbers").worked[now() - 1].findIndex(work => work.row === row && work.column === column);
    show();
  }
  const keys = {
    ArrowRight: () => go(now() + 1), ArrowLeft: () => go(now() - 1), Home: () => go(0), End: () => go(steps.length),
    ArrowDown: () => another(1), ArrowUp: () => another(-1),
  };
  function another(by) {
    if (now() === 0) return;
    const count = model.get("numbers").worked[now() - 1].length;
    chosen = (chosen + by + count) % count;
    show();
  }
  root.addEventListener("keydown", event => {
    if (event.target.type === "range" || !keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    keys[event.key]();
  });

  function show() {
    const { values, worked } = model.get("numbers");
    const k = values ? now() : 0;  // without numbers the learner's function has stopped: the line under the graph says so
    const step = steps[k - 1], work = step && worked[k - 1][chosen];
    const made = new Set(boxes.map(box => box.name).filter(name => stepsIndex(name) < 0));
    for (const { makes } of steps.slice(0, k)) made.add(makes);
    if (made.has("dlogits")) made.add("dL");

    const used = new Set(work ? work.uses.map(place => place.join()) : []);
    for (const [name, rows] of Object.entries(cells)) {
      const current = step?.makes === name;
      heads[name].classList.toggle("course-absent", !made.has(name));
      rows.forEach((row, i) => row.forEach(({ back, text }, j) => {
        write(text, values && made.has(name) ? values[name][i][j] : "");
        back.classList.toggle("course-current", current);
        back.classList.toggle("course-chosen", current && work.row === i && work.column === j);
        back.classList.toggle("course-used", used.has([name, i, j].join()));
        text.classList.toggle("course-pick", current);
      }));
    }
    for (const { line, backward, at } of wireLines) {
      const reached = at.some(number => number <= k), active = at.includes(k);
      const kind = reached ? (backward ? "backward" : "forward") : "idle";
      line.setAttribute("class", `course-wire course-wire-${kind}${active ? " course-active" : ""}${backward && !reached ? " course-hidden" : ""}`);
      line.setAttribute("marker-end", `url(#course-arrow-${kind})`);
    }
    for (const [name, group] of Object.entries(nodeBoxes)) {
      const active = step?.node === name;
      group.setAttribute("class", `course-node${active ? ` course-active ${step.backward ? TINT.backward : TINT.forward}` : ""}`);
    }
    if (values) showNetwork(values, made, step, work);

    dots.forEach((dot, number) => {
      dot.classList.toggle("course-passed", number <= k);
      dot.classList.toggle("course-here", number === k);
    });
    for (const [button, at] of [[first, 0], [back, 0], [next, steps.length], [last, steps.length]]) {
      button.setAttribute("aria-disabled", k === at);  // not `disabled`, which would take the keyboard's focus away
    }
    lines.forEach((line, number) => line.classList.toggle("course-active", step?.line === number));
    listing.classList.toggle("course-backward", Boolean(step?.backward));
    told.classList.toggle("course-backward", Boolean(step?.backward));
    write(where, step ? `Step ${k} of ${steps.length}, ${step.backward ? "backward" : "forward"}` : `${steps.length} steps`);
    write(title, step ? step.title : start.title);
    formula.innerHTML = step ? equation(step.equation) : "";
    write(shapes, step ? `${step.shapes}\n${inNumbers(step.shapes)}` : "");
    write(hint, step ? "another number: ↑ ↓ or a click" : "");
    write(sum, work ? work.text : "");
    write(says, step ? step.says : start.says);
    showKnobs();
  }

  function showNetwork(values, made, step, work) {
    const places = work ? [[step.makes, work.row, work.column], ...work.uses] : [];
    const tint = step?.backward ? TINT.backward : TINT.forward;
    const lit = new Set(places.map(([array, , column]) => unitAt(array, column)));
    const litEdges = new Set(places.map(([array, row, column]) => `${array.replace("d", "")},${row},${column}`));
    for (const [array, rows] of Object.entries(edges)) rows.forEach((row, i) => row.forEach((line, j) => {
      const weight = Math.abs(Number(values[array][i][j].replace("−", "-")));
      line.style.strokeWidth = 0.6 + 1.6 * weight;
      line.setAttribute("class", `course-edge ${litEdges.has(`${array},${i},${j}`) ? `course-active ${tint}` : ""}`);
    }));
    for (const { unit, halo, fill } of circles) {
      halo.setAttribute("class", `course-unit ${lit.has(unit) ? `course-active ${tint}` : ""}`);
      const A1 = unit.arrays.includes("A1") && made.has("A1");
      const open = A1 ? values.A1.filter(row => row[unit.column] !== "0").length / values.A1.length : 0;
      fill.style.opacity = open;
    }
  }
  model.on("change:numbers", show);
  model.on("change:step", show);
  show();
}

export default { render };
