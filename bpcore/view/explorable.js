// Shows what Python drew, and tells Python what the reader moved. Nothing is computed here: the
// values are the model's, and every move comes back as a new picture.

// What a key does to a knob: in which direction, and by how many steps.
const KEYS = {
  ArrowRight: ["x", 1], ArrowLeft: ["x", -1], ArrowUp: ["y", 1], ArrowDown: ["y", -1],
  PageUp: ["y", 10], PageDown: ["y", -10], Home: ["x", -Infinity], End: ["x", Infinity],
};
const IS_A_DRAG = 3; // px; less is a click
const PEN_KEYS = /^(Arrow.*| |Enter|Delete|Backspace)$/;
const PATIENCE = { move: 3000, ask: 15000 }; // ms without an answer
const SILENT =
  "The kernel is busy, or this picture has lost it. " +
  "If this does not go away, choose Run → Run All Cells.";

function render({ model, el }) {
  const specs = new Map(model.get("controls").map((spec) => [spec.name, spec]));
  const root = document.createElement("div");
  root.className = "bp bp-explorable";
  const part = (tag, look, parent = root) => {
    const element = document.createElement(tag);
    element.className = look;
    parent.append(element);
    return element;
  };
  const top = part("div", "bp-top");
  const body = part("div", "bp-body");
  const main = part("div", "bp-main", body);
  const picture = part("div", "bp-picture", main);
  const words = part("p", "bp-words", main);
  words.setAttribute("aria-live", "polite");
  const side = part("div", "bp-side", body);
  const aside = part("div", "bp-aside", side);
  const sliders = [...specs.values()].filter((spec) => spec.kind === "range");
  const below = part("div", "bp-sliders", sliders.length > 3 && !sliders[0].group ? side : main);
  part("p", "bp-silent").textContent = model.silent ?? SILENT; // a page is no notebook

  // Values. A slider's place is its value, the value's exponent, or its place among the options.
  const place = (spec) => {
    const value = model.get(spec.name);
    return spec.options ? spec.options.indexOf(value) : spec.log ? Math.log10(value) : value;
  };
  const text = (spec) => {
    const value = model.get(spec.name);
    if (spec.options) return value;
    const digits = spec.log ? String(Number(value.toPrecision(2))) : value.toFixed(spec.decimals);
    return (Number(digits) ? digits : digits.replace("-", "")).replaceAll("-", "−");
  };
  let timer;
  const wait = (patience = PATIENCE.move) => {
    clearTimeout(timer);
    timer = setTimeout(() => root.classList.add("bp-waits"), patience);
  };
  const set = (name, value) => {
    if (model.get(name) === value) return;
    model.set(name, value);
    model.save_changes(); // while one message is under way, the newest values wait for the next
    wait();
  };
  const put = (spec, at) => {
    const within = Math.min(Math.max(at, spec.least), spec.most);
    set(spec.name, spec.options ? spec.options[within] : spec.log ? 10 ** within : within);
  };
  const move = (spec, from, by) => {
    if (Math.abs(by) < spec.step / 2) put(spec, from); // not even to the next whole step
    else put(spec, Number((Math.round((from + by) / spec.step) * spec.step).toFixed(9)));
  };
  const send = (message, patience) => {
    wait(patience);
    model.send(message);
  };

  // Native controls: each is made once, and gives what shows its value.
  const group = (spec) => {
    const found = [...below.children].find((each) => each.dataset.group === spec.group);
    if (found) return found;
    const details = part("details", "bp-group", below);
    details.dataset.group = spec.group;
    details.open = spec.open;
    part("summary", "", details).textContent = spec.group;
    return details;
  };
  const make = {
    range(spec) {
      const row = part("div", "bp-slider", spec.group ? group(spec) : below);
      row.dataset.for = spec.name;
      const [label, input, output] = ["label", "input", "output"].map((tag) => part(tag, "", row));
      part("span", "bp-note", row);
      label.textContent = spec.label;
      Object.assign(input, { type: "range", min: spec.least, max: spec.most, step: spec.step });
      input.id = label.htmlFor = `bp-${Math.random().toString(36).slice(2)}`;
      input.addEventListener("input", () => put(spec, Number(input.value)));
      return () => {
        input.value = place(spec);
        output.textContent = text(spec);
        input.setAttribute("aria-valuetext", text(spec));
      };
    },
    choice(spec) {
      const field = part("div", "bp-choice", top);
      field.hidden = spec.options.length < 2;
      field.setAttribute("role", "group");
      field.setAttribute("aria-label", spec.label);
      part("span", "bp-label", field).textContent = spec.label;
      const buttons = spec.options.map((option) => {
        const button = part("button", "", field);
        button.textContent = option;
        button.addEventListener("click", () => set(spec.name, option));
        return button;
      });
      return () => {
        for (const button of buttons)
          button.setAttribute("aria-pressed", button.textContent === model.get(spec.name));
      };
    },
    menu(spec) {
      const field = part("div", "bp-choice", top);
      const label = part("label", "bp-label", field);
      label.textContent = spec.label;
      const select = part("select", "", field);
      select.id = label.htmlFor = `bp-${Math.random().toString(36).slice(2)}`;
      select.append(...spec.options.map((option) => new Option(option, option)));
      select.addEventListener("change", () => set(spec.name, select.value));
      return () => {
        select.value = model.get(spec.name);
      };
    },
    button(spec) {
      const button = part("button", "", top);
      button.textContent = spec.label;
      button.title = spec.hint;
      button.addEventListener("click", () => send({ act: "click", name: spec.name }));
      return () => {};
    },
    run(spec) {
      const button = part("button", "bp-run", top);
      button.addEventListener("click", () => set(spec.name, !model.get(spec.name)));
      return () => {
        button.textContent = model.get(spec.name) ? `◼ ${spec.stop}` : `▶ ${spec.label}`;
      };
    },
    paint: () => () => {},
  };

  // The picture. What carries data-knob is a slider, data-set a button, data-paint a board.
  const dress = (fresh) => {
    for (const svg of fresh.querySelectorAll("svg[role=img]")) {
      svg.setAttribute("role", "group"); // an image has no parts that one could hold
      svg.setAttribute("aria-label", svg.querySelector("title")?.textContent ?? "");
    }
    for (const knob of fresh.querySelectorAll("[data-knob]")) {
      const spec = specs.get(knob.dataset.knob);
      const other = specs.get(knob.dataset.knobY);
      const both = () => [spec, other].map((each) => `${each.label} ${text(each)}`).join(", ");
      knob.setAttribute("role", "slider");
      knob.setAttribute("tabindex", "0");
      knob.setAttribute("aria-valuemin", spec.least);
      knob.setAttribute("aria-valuemax", spec.most);
      knob.setAttribute("aria-valuenow", place(spec));
      knob.setAttribute("aria-valuetext", other ? both() : text(spec));
    }
    for (const chooser of fresh.querySelectorAll("[data-set]:not([data-knob])")) {
      chooser.setAttribute("role", "button");
      chooser.setAttribute("tabindex", "0");
      const { set: of, to, for: name } = chooser.dataset; // a second click may set something else
      chooser.setAttribute("aria-pressed", [to, name].includes(model.get(of)));
    }
    for (const board of fresh.querySelectorAll("[data-paint]")) {
      board.setAttribute("role", "application"); // it has its own use for keys
      board.setAttribute("tabindex", "0");
    }
  };
  const show = () => {
    const shown = model.get("shown");
    clearTimeout(timer);
    root.classList.remove("bp-waits");
    const focused = held();
    renew(picture, shown.alert ? `<pre role="alert"></pre>` : shown.picture, dress);
    if (shown.alert) picture.firstChild.textContent = shown.alert;
    renew(aside, shown.aside, dress);
    if (words.textContent !== shown.said) words.textContent = shown.said;
    for (const row of below.querySelectorAll("[data-for]"))
      row.querySelector(".bp-note").innerHTML = shown.notes[row.dataset.for] ?? "";
    if (focused && held() !== focused) {
      const kept = before; // the same visit goes on
      knobNamed(focused)?.focus({ preventScroll: true });
      before = kept;
    }
    flown = [];
    fly();
    light(lit);
    words.setAttribute("aria-live", running() ? "off" : "polite");
    run();
  };
  let turn;
  const running = () =>
    [...specs.values()].find((spec) => spec.kind === "run" && model.get(spec.name));
  const run = () => {
    if (!running() || drag || model.get("shown").turn === turn) return; // a hand stops it
    turn = model.get("shown").turn;
    requestAnimationFrame(() => running() && send({ act: "tick", name: running().name, turn }));
  };

  // The same thing is marked wherever it is shown: on the drawing, in the tables, at its slider.
  let lit;
  const nameOf = (target) => {
    const found = target.closest?.("[data-for], [data-knob]");
    return found && (found.dataset.for ?? found.dataset.knob);
  };
  const light = (name) => {
    lit = name;
    for (const each of root.querySelectorAll("[data-for], [data-knob]"))
      each.classList.toggle("bp-lit", nameOf(each) === lit);
  };
  const held = () => root.contains(document.activeElement) && nameOf(document.activeElement);
  root.addEventListener("pointerover", (event) => drag ?? light(nameOf(event.target) ?? held()));
  root.addEventListener("pointerleave", () => drag ?? light(held()));
  root.addEventListener("focusin", (event) => {
    light(nameOf(event.target));
    remember();
  });
  root.addEventListener("focusout", () => light(undefined));

  // Dragging. The listeners are the root's, which no new picture replaces.
  let drag;
  let before; // what Escape brings back
  const remember = () => {
    before = sliders.map(({ name }) => [name, model.get(name)]);
  };
  const knobNamed = (name) => picture.querySelector(`[data-knob="${CSS.escape(name)}"]`);
  const knobOf = (target) =>
    target.closest("[data-knob]") ??
    (target.closest("svg [data-for]") && knobNamed(nameOf(target)));
  root.addEventListener("pointerdown", (event) => {
    const knob = knobOf(event.target) ?? boardOf(event.target);
    if (!knob || event.button || drag) return;
    event.preventDefault(); // of the text's selection
    root.setPointerCapture(event.pointerId);
    knob.focus({ preventScroll: true });
    remember();
    if (boardOf(knob)) {
      drag = { board: knob, id: event.pointerId };
      mark(null, ...placesOf(event));
      return;
    }
    const [x, y] = [specs.get(knob.dataset.knob), specs.get(knob.dataset.knobY)];
    const scale = knob.ownerSVGElement.getScreenCTM().a; // screen px per px of the drawing
    const gain = [knob.dataset.x, knob.dataset.y].map((each) => Number(each ?? 0) / scale);
    drag = { knob, x, y, gain, id: event.pointerId };
    Object.assign(drag, { at: [event.clientX, event.clientY], from: [place(x), y && place(y)] });
  });
  // No `touch-action`: browsers give it no room around a line that is exactly level.
  const keepFromScrolling = (event) =>
    (knobOf(event.target) ?? boardOf(event.target)) && event.preventDefault();
  root.addEventListener("touchstart", keepFromScrolling, { passive: false });
  const follow = (event) => {
    if (event.pointerId !== drag?.id) return;
    if (drag.board) return mark(...placesOf(event));
    const [right, down] = [event.clientX - drag.at[0], event.clientY - drag.at[1]];
    drag.moved ||= Math.hypot(right, down) >= IS_A_DRAG;
    if (!drag.moved) return;
    const [byX, byY] = [right * drag.gain[0], down * drag.gain[1]];
    move(drag.x, drag.from[0], byX + (drag.y ? 0 : byY));
    if (drag.y) move(drag.y, drag.from[1], byY);
  };
  root.addEventListener("pointermove", follow);
  root.addEventListener("pointerup", (event) => {
    follow(event); // a finger may have gone on since its last move
    if (event.pointerId === drag?.id && drag.knob && !drag.moved) choose(drag.knob);
    end(event);
  });
  const end = (event) => {
    if (event.pointerId !== drag?.id) return;
    if (drag.board) mark(null);
    drag = undefined;
    run();
  };
  root.addEventListener("pointercancel", end);
  const choose = (target) => {
    const chooser = target.closest("[data-set]");
    if (chooser) set(chooser.dataset.set, chooser.dataset.to);
  };
  root.addEventListener("click", (event) => knobOf(event.target) ?? choose(event.target));

  // Painting. Marks go to Python in their order, and none is lost: those that are made while some
  // are under way wait for the next picture, and until then a trail follows the hand.
  let marks = [];
  let flown = [];
  const boardOf = (target) => target.closest?.("[data-paint]");
  const trail = () => picture.querySelector("[data-paint] .trail");
  const placesOf = (event) => {
    const units = trail().getScreenCTM().inverse();
    const seen = event.getCoalescedEvents?.() ?? [];
    return (seen.length ? seen : [event]).map(({ clientX, clientY }) => {
      const { x, y } = new DOMPoint(clientX, clientY).matrixTransform(units);
      return [x, y].map((each) => Number(each.toFixed(2)));
    });
  };
  const mark = (...more) => {
    marks.push(...more);
    fly();
  };
  const fly = () => {
    if (marks.length && !flown.length) {
      [flown, marks] = [marks, []];
      const { name } = [...specs.values()].find(({ kind }) => kind === "paint");
      send({ act: "paint", name, marks: flown });
    }
    const path = [...flown, ...marks].map((each, i, all) =>
      Array.isArray(each) ? (Array.isArray(all[i - 1]) ? "L" : "M") + each : "",
    );
    trail()?.setAttribute("d", path.join("") && `${path.join("")}h0.01`); // a dot, too, is seen
  };

  // JupyterLab has its own use for arrows, Enter and d, and Notebook 7 takes them on their way
  // down, unless what has the focus is marked. Keys with Ctrl, Alt or Shift are theirs.
  const isForTheNotebook = (key) => key.ctrlKey || key.metaKey || key.altKey || key.shiftKey;
  const claim = (event) =>
    root.contains(event.target) &&
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !isForTheNotebook(event));
  window.addEventListener("keydown", claim, true);
  root.addEventListener("keydown", (event) => {
    if (isForTheNotebook(event)) return;
    event.stopPropagation(); // and hosts that know no such mark
    if (event.key === "Escape") {
      drag = undefined;
      if (running()) set(running().name, false);
      for (const [name, value] of before) set(name, value);
      if (boardOf(event.target)) mark(event.key);
      return;
    }
    const knob = event.target.closest("[data-knob]");
    if (boardOf(event.target) && PEN_KEYS.test(event.key)) mark(event.key);
    else if (event.key === "Enter" || event.key === " ") {
      if (!event.target.closest("[data-knob], [data-set]")) return;
      choose(event.target);
    } else if (knob && KEYS[event.key]) {
      const [along, by] = KEYS[event.key];
      const spec = specs.get((along === "y" && knob.dataset.knobY) || knob.dataset.knob);
      move(spec, place(spec), by * spec.step);
    } else return;
    event.preventDefault();
  });

  for (const spec of specs.values()) {
    const refresh = make[spec.kind](spec);
    model.on(`change:${spec.name}`, refresh);
    refresh();
  }
  if (specs.size && !specs.has("reset")) {
    const again = part("button", "", top);
    again.textContent = "↺ start again";
    again.addEventListener("click", () => {
      for (const { name, first } of specs.values()) if (first !== null) set(name, first);
    });
  }
  const ask = () => send({ act: "ask", name: "" }, PATIENCE.ask);
  model.on("comm_live_update", ask); // a kernel has gone, or has come back
  model.on("change:shown", show);
  show();
  ask(); // what is stored in a notebook has no kernel any more
  el.append(root);
  return () => {
    clearTimeout(timer);
    window.removeEventListener("keydown", claim, true);
  };
}

function renew(parent, markup, dress) {
  const fresh = document.createElement("div");
  fresh.innerHTML = markup;
  dress(fresh);
  match(parent, fresh);
}

// Changes only what differs, so that the focus, and what a screen reader stands on, survive.
function match(old, fresh) {
  const [was, is] = [[...old.childNodes], [...fresh.childNodes]];
  is.forEach((node, i) => {
    if (!was[i]) old.append(node);
    else if (was[i].nodeName !== node.nodeName) was[i].replaceWith(node);
    else if (node.nodeType === Node.TEXT_NODE) was[i].data = node.data;
    else {
      for (const { name } of [...was[i].attributes])
        if (!node.hasAttribute(name)) was[i].removeAttribute(name);
      for (const { name, value } of node.attributes)
        if (was[i].getAttribute(name) !== value) was[i].setAttribute(name, value);
      match(was[i], node);
    }
  });
  was.slice(is.length).forEach((node) => node.remove());
}

export default { render };
