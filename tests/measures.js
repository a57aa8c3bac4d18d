// What the browser tests measure in a page: which things lie on each other, and what is cut off.

const overlap = (a, b, sideways, down) =>
  Math.min(a.right, b.right) - Math.max(a.left, b.left) > sideways &&
  Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > down;

const named = (element) => element.textContent.slice(0, 40) || element.nodeName;

/** Of an explorable: controls and words that overlap, and what is beyond the output's edge. */
function overlaps(root) {
  const select = (selectors) => [...root.querySelectorAll(selectors)].filter((e) => e.checkVisibility());
  const parts = select(
    "button, select, input, label, output, summary, h4, table, svg.bp, .bp-note, .bp-panel p, .bp-words",
  ).filter((e) => e.textContent || e.matches("input"));
  const texts = select("svg.bp text").filter((e) => e.textContent);
  const box = (e) => e.getBoundingClientRect();
  const found = [];
  for (const group of [parts, texts])
    for (const [i, a] of group.entries())
      for (const b of group.slice(i + 1))
        if (!a.contains(b) && !b.contains(a) && overlap(box(a), box(b), 1.5, 4))
          found.push(`${named(a)} | ${named(b)}`);
  const edge = box(root.closest(".jp-OutputArea-output"));
  for (const e of [...parts, ...texts])
    if (box(e).right > edge.right + 1 || box(e).left < edge.left - 1) found.push(`beyond: ${named(e)}`);
  return found;
}

/** Of a network's drawing: numbers on neurons or on each other, too wide, or cut off. */
function touching(markup) {
  const place = document.querySelector("div");
  place.innerHTML = markup;
  const svg = place.firstChild;
  const box = (e) => {
    const { x, y, width, height } = e.getBBox();
    const lead = e.nodeName === "text" ? height / 6 : 0; // empty above and below the signs
    return { left: x, right: x + width, top: y + lead, bottom: y + height - lead, width };
  };
  const numbers = [...svg.querySelectorAll("[data-weight]")].flatMap((group) => [
    ...group.querySelectorAll("rect.box, text.label"),
  ]);
  const isIn = (text, rect) => rect.nodeName === "rect" && rect.parentNode === text.parentNode && text.matches("rect.box ~ text.label");
  const found = [];
  for (const [i, a] of numbers.entries())
    for (const b of numbers.slice(i + 1)) {
      if (isIn(b, a)) {
        if (box(b).left < box(a).left || box(b).right > box(a).right) found.push(`${named(b)} is too wide for its box`);
      } else if (overlap(box(a), box(b), 0.5, 0.5)) found.push(`${named(a)} on ${named(b)}`);
    }
  for (const shape of svg.querySelectorAll("circle.shape, g > rect.shape")) {
    const c = box(shape);
    const [x, y] = [(c.left + c.right) / 2, (c.top + c.bottom) / 2];
    for (const number of numbers) {
      const b = box(number);
      const away = Math.hypot(Math.max(b.left - x, 0, x - b.right), Math.max(b.top - y, 0, y - b.bottom));
      if (shape.nodeName === "circle" ? away < c.width / 2 - 0.5 : overlap(b, c, 0.5, 0.5))
        found.push(`${named(number)} on a neuron`);
    }
  }
  for (const neuron of svg.querySelectorAll("[data-neuron]"))
    for (const number of neuron.querySelectorAll(".big"))
      if (box(number).width > box(neuron.querySelector("circle")).width) found.push(`${named(number)} is wider than its neuron`);
  for (const text of svg.querySelectorAll("text")) {
    const { left, right, top, bottom } = box(text);
    const { width, height } = svg.viewBox.baseVal;
    if (left < 0 || right > width || top < 0 || bottom > height) found.push(`${named(text)} is cut off`);
  }
  return found;
}
