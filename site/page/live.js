// Makes a page of the book live: its drawings follow the hand, and its cells can be run. Nothing is
// computed here. Python runs in worker.js; explorable.js shows its pictures, as in a notebook.

(() => {
  const HERE = new URL(".", document.currentScript.src);
  const NAME = location.pathname.split("/").pop().replace(/\.html$/, "");
  const NEAR = "600px"; // above and below what is seen
  const places = [...document.querySelectorAll("div.cell")];
  if (!places.length) return;

  const make = (tag, look, parent, text = "") => {
    const element = document.createElement(tag);
    element.className = look;
    element.textContent = text;
    parent?.append(element);
    return element;
  };
  const button = (text, parent, press, hint = "") => {
    const made = make("button", "", parent, text);
    Object.assign(made, { type: "button", title: hint });
    made.addEventListener("click", press);
    return made;
  };

  // The cells: their code, what has been typed instead, and which others each of them needs.
  let cells = [];
  const ran = new Map(); // what has been run in this Python
  const text = (k) => cells[k].typed ?? cells[k].code;
  const isFigure = (k) => cells[k].kind === "figure"; // of matplotlib, which is not here
  const output = (k) =>
    places[k].querySelector(".cell_output") ?? make("div", "cell_output", places[k]);

  // What is under way, and a button that ends it.
  const bar = make("div", "bp-bar", document.body);
  bar.hidden = true;
  const doing = make("span", "", bar);
  doing.setAttribute("role", "status");
  const share = make("progress", "", bar);
  share.setAttribute("aria-label", "loaded");
  button("◼ Stop", bar, () => stop(), "ends Python; what it has computed on this page is gone");
  const say = (what, { loaded, total } = {}) => {
    bar.hidden = !what;
    if (doing.textContent !== what) doing.textContent = what;
    share.hidden = !total;
    if (total) Object.assign(share, { value: Math.min(loaded, total), max: total });
  };

  // Python. One cell is run at a time; between two of them, pictures are served.
  let worker, explorable, job, learned;
  let task = ""; // what the bar says as soon as Python is there
  let isReady = false;
  let stops = 0;
  let queue = Promise.resolve();
  const models = new Map();
  const post = (message) => worker?.postMessage(message);
  const python = async () => {
    if (worker) return;
    say("Python is loading");
    explorable ??= (await import(new URL("explorable.js", HERE))).default;
    worker = new Worker(new URL("worker.js", HERE));
    worker.onmessage = ({ data }) => hear(JSON.parse(data));
    worker.onerror = ({ message }) => hear({ broken: message || "worker.js does not come" });
  };
  const hear = (message) => {
    if (message.loaded && !isReady) say("Python is loading", message);
    else if (message.ready) say(task, (isReady = true));
    else if (message.broken) stop(`Python could not be loaded: ${message.broken}`);
    else if (message.crashed) stop(`Python has broken down: ${message.crashed}`);
    else if (message.needs) learned?.(message.needs);
    else if (message.widget) models.get(message.widget)?.hear(message);
    else if (message.output) job?.show(message.output);
    else if (message.done) job?.end(message.error);
  };
  const stop = (why = "KeyboardInterrupt: Python was stopped") => {
    const { k } = job ?? {};
    stops += 1;
    worker?.terminate();
    worker = undefined;
    isReady = false;
    ran.clear();
    models.clear();
    learned?.();
    job?.end("stopped");
    say("");
    for (const [live] of stored) {
      rest(live);
      if (live !== k) note(live, "Python was stopped. A click on the picture, or Run, makes it live again.");
    }
    if (k !== undefined) clear(k, { error: `${why}. What it had computed on this page is gone.` });
  };

  // Runs a cell after those that it needs, or all cells above it, up to one that fails.
  const run = (k, { above = false, unless = () => false } = {}) => {
    const since = stops;
    queue = queue.then(async () => {
      if (since !== stops || unless()) return;
      try {
        await python();
      } catch (error) {
        return stand(`This picture stands still, since Python could not be loaded (${error}).`);
      }
      await learn();
      const isWanted = (n) => (above ? n < k : isNeeded(n, k));
      const todo = [...cells.keys()].filter(isWanted);
      if (!above) todo.push(k);
      for (const [i, n] of todo.entries()) {
        if (since !== stops) return;
        task = `Python runs a cell${todo.length > 1 ? `, ${i + 1} of ${todo.length}` : ""}`;
        if (isReady) say(task);
        const isQuiet = isFigure(n) || (!above && n !== k);
        if (await execute(n, isQuiet)) continue;
        if (isQuiet && since === stops)
          clear(k, { error: "A cell above that this one needs has failed. Its error stands there." });
        break;
      }
      if (since === stops) say("");
    });
  };
  const isNeeded = (n, k) => cells[k].needs.includes(n) && ran.get(n) !== text(n);
  // What a cell needs changes with what is typed; Python finds it out.
  const learn = async () => {
    const texts = JSON.stringify(cells.map((_, k) => text(k)));
    if (texts === learn.last || cells.every(({ typed }) => typed === undefined)) return;
    const needs = await new Promise((resolve) => {
      learned = resolve;
      post({ texts });
    });
    needs?.forEach((each, k) => (cells[k].needs = each));
    learn.last = texts;
  };
  const execute = (k, isQuiet) =>
    new Promise((resolve) => {
      const code = text(k);
      let isOld = !isQuiet; // what is shown
      output(k).setAttribute("aria-busy", "true");
      job = {
        k,
        show(what) {
          if (isQuiet) return what.widget && send(what.widget, "close");
          if (isOld) clear(k);
          isOld = false;
          add(k, what);
        },
        end(error) {
          job = undefined;
          // What stands before the drawing has been run, and the stored figure stays.
          if (isFigure(k) && error.includes("matplotlib")) error = "";
          output(k).removeAttribute("aria-busy");
          if (error !== "stopped") {
            if (isOld || (isQuiet && error)) clear(k);
            if (!isQuiet) output(k).closest("details.hide")?.setAttribute("open", "");
            if (error) add(k, { error });
            else ran.set(k, code);
          }
          resolve(!error);
        },
      };
      post({ run: code });
    });

  // What a cell shows.
  const clear = (k, what) => {
    for (const model of models.values()) if (model.k === k) model.close();
    output(k).replaceChildren();
    if (what) add(k, what);
  };
  const add = (k, what) => {
    const place = output(k);
    if (what.widget) {
      const model = new Model(what.widget, what.state, k);
      model.leave = explorable.render({ model, el: make("div", "bp-live", place) });
    } else if (what.stream) {
      const last = place.lastElementChild;
      const isSame = last?.classList.contains(what.stream);
      const pre = isSame ? last : make("pre", `bp-stream ${what.stream}`, place);
      const all = pre.textContent + what.text;
      pre.textContent = all.replace(/[^\n]*\r(?=[^\n])/g, ""); // written over, as a progress bar is
    } else if (what.error) {
      make("pre", "bp-error", place, what.error).setAttribute("role", "alert");
    } else if (what["text/html"]) {
      make("div", "output", place).innerHTML = what["text/html"];
    } else make("pre", "bp-stream", place, what["text/plain"]);
  };
  const note = (k, why) => {
    output(k).querySelector(".bp-why")?.remove();
    make("p", "bp-why", output(k), why);
  };

  // What explorable.js expects of its host: values that both sides have, and messages. While one
  // message with values is under way, the newest values wait for the next.
  const send = (widget, act, content = null) =>
    post({ widget, act, content: JSON.stringify(content) });
  class Model {
    silent = "Python is busy with a cell. This picture answers as soon as that has ended.";
    waiting = {};
    isAway = false;
    handlers = [];
    constructor(id, state, k) {
      Object.assign(this, { id, state, k });
      models.set(id, this);
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      this.waiting[name] = value;
      this.#put({ [name]: value });
    }
    on(event, handler) {
      this.handlers.push([event, handler]);
    }
    send(content) {
      send(this.id, "handle", content);
    }
    save_changes() {
      if (this.isAway || !Object.keys(this.waiting).length) return;
      this.isAway = true;
      send(this.id, "take", this.waiting);
      this.waiting = {};
    }
    hear({ state, act }) {
      if (state) {
        const isNew = ([name]) => !(name in this.waiting);
        this.#put(Object.fromEntries(Object.entries(state).filter(isNew)));
      } else if (act === "take") {
        this.isAway = false;
        this.save_changes();
      }
    }
    close() {
      this.leave();
      models.delete(this.id);
      send(this.id, "close");
    }
    #put(values) {
      Object.assign(this.state, values);
      const events = Object.keys(values).map((name) => `change:${name}`);
      for (const event of events)
        for (const [of, handler] of this.handlers) if (of === event) handler();
    }
  }

  // A still becomes live when it comes near the screen, or is touched.
  const stored = new Map();
  const near = new Set();
  const isLive = (k) => !output(k).querySelector(".bp-still");
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const k = places.indexOf(target);
        near[isIntersecting ? "add" : "delete"](k);
        if (isIntersecting) run(k, { unless: () => !near.has(k) || isLive(k) });
      }
    },
    { rootMargin: NEAR },
  );
  const wake = (k) => {
    const still = output(k).querySelector(".bp-still");
    still.addEventListener("click", () => run(k, { unless: () => isLive(k) }));
  };
  // Back to what is stored; only a touch makes it live again.
  const rest = (k) => {
    watcher.unobserve(places[k]);
    output(k).innerHTML = stored.get(k);
    wake(k);
  };
  const stand = (why) => {
    say("");
    for (const [k] of stored) note(k, why);
  };

  // What a reader can do with a cell. What is typed stays in this browser.
  const tools = (k) => {
    const { kind, typed } = cells[k];
    const row = make("p", "bp-tools");
    (output(k).closest("details.hide") ?? output(k)).before(row);
    if (isFigure(k)) {
      row.textContent = "Stored when the notebook was run: matplotlib does not run in the page.";
      return;
    }
    button(kind === "check" ? "▶ Check" : "▶ Run", row, () => run(k));
    if (k) button("Run all above", row, () => run(k, { above: true }));
    if (kind === "exercise" || typed !== undefined) edit(k, row);
    else if (kind !== "check") {
      const open = button("Edit", row, () => {
        open.remove();
        edit(k, row).focus();
      });
    }
  };
  const edit = (k, row) => {
    const { kind, code } = cells[k];
    const area = make("textarea", "bp-edit");
    const write = (value) => {
      area.value = value;
      keep();
    };
    const keep = () => {
      area.rows = area.value.split("\n").length;
      cells[k].typed = area.value === code ? undefined : area.value;
      remember(k);
    };
    area.setAttribute("aria-label", kind === "exercise" ? "Your answer" : "Code of this cell");
    Object.assign(area, { spellcheck: false, autocapitalize: "off", autocomplete: "off" });
    area.addEventListener("input", keep);
    area.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      const line = area.value.slice(0, area.selectionStart).split("\n").at(-1);
      const indent = line.match(/^ */)[0] + (line.endsWith(":") ? "    " : "");
      if (event.shiftKey || event.ctrlKey) run(k);
      else if (indent) document.execCommand("insertText", false, `\n${indent}`); // can be undone
      else return;
      event.preventDefault();
    });
    button("↺ As it was", row, () => write(code));
    write(text(k));
    places[k].querySelector(".cell_input").replaceChildren(area);
    return area;
  };
  const key = (k) => `bpcore ${NAME} ${k}`;
  const remember = (k) => {
    const { code, typed } = cells[k];
    try {
      if (typed === undefined) localStorage.removeItem(key(k));
      else localStorage.setItem(key(k), JSON.stringify({ code, typed }));
    } catch {
      // A browser may forbid it; then it is kept until the page is left.
    }
  };
  const recall = (k) => {
    try {
      const { code, typed } = JSON.parse(localStorage.getItem(key(k)));
      if (code === cells[k].code) cells[k].typed = typed; // it may be another edition by now
    } catch {
      // Nothing is kept.
    }
  };

  const whyNot = () => {
    if (location.protocol === "file:")
      return (
        "This picture stands still: the page was opened as a file, and a browser runs Python only " +
        "in pages that a server has sent (see “How to read it offline” on the first page)."
      );
    if (!window.WebAssembly || !window.Worker)
      return "This picture stands still: Python needs WebAssembly, which this browser has not.";
    return "";
  };
  const begin = async () => {
    places.forEach((place, k) => {
      if (place.classList.contains("tag_live")) stored.set(k, output(k).innerHTML);
    });
    if (whyNot()) return stand(whyNot());
    try {
      cells = await (await fetch(`${NAME}.cells.json`)).json();
    } catch (error) {
      return stand(`This picture stands still, since its code could not be loaded (${error}).`);
    }
    cells.forEach((_, k) => {
      recall(k);
      tools(k);
    });
    for (const [k] of stored) {
      wake(k);
      watcher.observe(places[k]);
    }
  };
  begin();
})();
