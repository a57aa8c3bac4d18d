// Makes a page of the book live: its drawings follow the hand, and its cells can be run. Nothing is
// computed here. Python runs in worker.js; explorable.js shows its pictures, as in a notebook.

(() => {
  const HERE = new URL(".", document.currentScript.src);
  const NAME = location.pathname.split("/").pop().replace(/\.html$/, "");
  const NEAR = "600px"; // below and above what is seen
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
    made.type = "button";
    if (hint) made.title = hint;
    made.addEventListener("click", press);
    return made;
  };

  // What is under way, and a button that ends it.
  const bar = make("div", "bp-bar", document.body);
  bar.hidden = true;
  const doing = make("span", "", bar);
  doing.setAttribute("role", "status");
  const share = make("progress", "", bar);
  share.setAttribute("aria-label", "loaded");
  button("◼ Stop", bar, () => stop(), "ends Python; what it has computed on this page is gone");
  const say = (text, { loaded, total } = {}) => {
    bar.hidden = !text;
    if (doing.textContent !== text) doing.textContent = text;
    share.hidden = !total;
    if (total) Object.assign(share, { value: Math.min(loaded, total), max: total });
  };

  // The cells. `text` is what would be run, `ran` what has been run in this Python.
  let cells = [];
  const ran = new Map();
  const text = (k) => cells[k].typed ?? cells[k].code;
  const output = (k) => {
    const found = places[k].querySelector(".cell_output");
    return found ?? make("div", "cell_output", places[k]);
  };

  // Python. One cell is run at a time; between two of them, widgets are served.
  let worker;
  let job;
  let queue = Promise.resolve();
  let explorable;
  const models = new Map();
  const post = (message) => worker?.postMessage(message);
  const python = async () => {
    explorable ??= (await import(new URL("explorable.js", HERE))).default;
    if (worker) return;
    say("Python is loading");
    worker = new Worker(new URL("worker.js", HERE));
    worker.onmessage = ({ data }) => hear(JSON.parse(data));
    worker.onerror = (event) => hear({ broken: event.message || "worker.js was not found" });
  };
  const hear = (message) => {
    if (message.loaded) say("Python is loading", message);
    else if (message.broken) {
      end();
      say("");
      stand(`Python could not be loaded, so this stands still (${message.broken}).`);
    } else if (message.crashed) stop(`Python has broken down (${message.crashed})`);
    else if (message.widget) models.get(message.widget)?.hear(message);
    else if (message.output) job?.show(message.output);
    else if (message.done) job?.end(message.error);
  };
  const end = () => {
    worker?.terminate();
    worker = undefined;
    ran.clear();
    models.clear();
    job?.end("stopped");
  };
  const stop = (why = "KeyboardInterrupt: Python was stopped") => {
    const last = job;
    end();
    say("");
    for (const [k] of stored) if (!isStill(k)) still(k);
    if (!last) return;
    clear(last.k);
    add(output(last.k), { error: `${why}. What it had computed on this page is gone.` });
  };

  const execute = (k, quiet) =>
    new Promise((resolve) => {
      const code = text(k);
      let empty = !quiet;
      output(k).setAttribute("aria-busy", "true");
      job = {
        k,
        show(what) {
          if (quiet) return what.widget && post({ widget: what.widget, act: "close", content: "null" });
          if (empty) clear(k);
          empty = false;
          add(output(k), what);
        },
        end(error) {
          job = undefined;
          output(k).removeAttribute("aria-busy");
          if (error !== "stopped") {
            if (empty || (quiet && error)) clear(k);
            if (error) add(output(k), { error });
            else ran.set(k, code);
          }
          resolve(!error);
        },
      };
      post({ run: code });
    });
  // Runs cells one after another, up to one that fails.
  const run = (jobs) => {
    queue = queue.then(async () => {
      const todo = jobs();
      if (!todo.length) return;
      try {
        await python();
      } catch (error) {
        return stand(`Python could not be loaded, so this stands still (${error}).`);
      }
      for (const [i, { k, quiet }] of todo.entries()) {
        const many = todo.length > 1 ? `, ${i + 1} of ${todo.length}` : "";
        if (i || ran.size) say(`Python runs a cell${many}`);
        if (await execute(k, quiet)) continue;
        const { k: asked } = todo.at(-1);
        if (quiet && worker) {
          clear(asked);
          add(output(asked), { error: "A cell above, which this one needs, fails. Its error is there." });
        }
        break;
      }
      say("");
    });
    return queue;
  };
  const fresh = (k) => ran.get(k) === text(k);
  const needed = (k) => [...cells[k].needs.filter((n) => !fresh(n)).map((n) => ({ k: n, quiet: true })), { k }];
  const above = (k) => cells.slice(0, k).flatMap(({ kind }, n) => (kind === "figure" ? [] : [{ k: n }]));

  // What a cell shows.
  const clear = (k) => {
    for (const model of models.values()) if (model.k === k) model.close();
    output(k).replaceChildren();
  };
  const add = (place, what) => {
    if (what.widget) return view(place, what);
    if (what.stream) {
      const last = place.lastElementChild;
      const pre = last?.dataset.stream === what.stream ? last : make("pre", `bp-stream ${what.stream}`, place);
      pre.dataset.stream = what.stream;
      const all = pre.textContent + what.text;
      pre.textContent = all.replace(/[^\n]*\r(?=[^\n])/g, "");
    } else if (what.error) make("pre", "bp-error", place, what.error).setAttribute("role", "alert");
    else if (what["text/html"]) make("div", "output", place).innerHTML = what["text/html"];
    else make("pre", "bp-stream", place, what["text/plain"]);
  };
  const view = (place, { widget, state }) => {
    const model = new Model(widget, state, places.indexOf(place.closest("div.cell")));
    const element = make("div", "bp-live", place);
    model.off = explorable.render({ model, el: element });
  };

  // What explorable.js expects of its host: values that both sides have, and messages. While one
  // message with values is under way, the newest values wait for the next.
  class Model {
    constructor(id, state, k) {
      Object.assign(this, { id, state, k, waiting: {}, away: false, handlers: [] });
      models.set(id, this);
    }
    get(name) {
      return this.state[name];
    }
    set(name, value) {
      this.waiting[name] = value;
      this.#put(name, value);
    }
    on(event, handler) {
      this.handlers.push([event, handler]);
    }
    send(content) {
      post({ widget: this.id, act: "handle", content: JSON.stringify(content) });
    }
    save_changes() {
      if (this.away || !Object.keys(this.waiting).length) return;
      this.away = true;
      post({ widget: this.id, act: "take", content: JSON.stringify(this.waiting) });
      this.waiting = {};
    }
    hear({ state, act }) {
      if (state) {
        const news = Object.entries(state).filter(([name]) => !(name in this.waiting));
        for (const [name, value] of news) this.state[name] = value;
        for (const [name] of news) this.#fire(`change:${name}`);
      } else if (act === "take") {
        this.away = false;
        this.save_changes();
      }
    }
    close() {
      this.off();
      models.delete(this.id);
      post({ widget: this.id, act: "close", content: "null" });
    }
    #put(name, value) {
      this.state[name] = value;
      this.#fire(`change:${name}`);
    }
    #fire(event) {
      for (const [of, handler] of this.handlers) if (of === event) handler();
    }
  }

  // Stills become live when they come near the screen, or are touched.
  const stored = new Map();
  const near = new Set();
  const watcher = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        const k = places.indexOf(target);
        if (isIntersecting) near.add(k);
        else near.delete(k);
        if (isIntersecting) run(() => (near.has(k) && isStill(k) ? needed(k) : []));
      }
    },
    { rootMargin: NEAR },
  );
  const isStill = (k) => output(k).querySelector(".bp-still");
  const still = (k) => {
    output(k).innerHTML = stored.get(k);
    watcher.unobserve(places[k]);
    wake(k);
  };
  const wake = (k) =>
    isStill(k).addEventListener("click", () => run(() => (isStill(k) ? needed(k) : [])));
  const stand = (why) => {
    for (const [k] of stored) {
      if (!isStill(k)) output(k).innerHTML = stored.get(k);
      watcher.unobserve(places[k]);
      if (!output(k).querySelector(".bp-why")) make("p", "bp-why", output(k), why);
    }
  };

  // What a reader can do with a cell. What is typed stays in this browser, and in this page.
  const RUN = { check: "▶ Check", live: "▶ Make it live" };
  const tools = (k) => {
    const { kind } = cells[k];
    const row = make("p", "bp-tools");
    output(k).before(row);
    if (kind === "figure") return make("span", "", row, "A stored figure: matplotlib does not run in the page.");
    const start = () => run(() => needed(k));
    button(RUN[kind] ?? "▶ Run", row, start, "also Shift+Enter in the cell");
    if (k) button("Run all above", row, () => run(() => above(k)));
    if (kind === "exercise" || cells[k].typed !== undefined) return edit(k, row, start);
    if (kind !== "check") button("Edit", row, ({ target }) => edit(k, row, start, target.remove()).focus());
  };
  const edit = (k, row, start) => {
    const { kind, code } = cells[k];
    const area = make("textarea", "bp-edit");
    const write = (value) => {
      area.value = value;
      area.rows = value.split("\n").length;
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
      if (event.shiftKey || event.ctrlKey) start();
      else if (indent) document.execCommand("insertText", false, `\n${indent}`); // can be undone
      else return;
      event.preventDefault();
    });
    button("↺ As it was", row, () => {
      write(code);
      keep();
    });
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
      if (code === cells[k].code) cells[k].typed = typed; // it may be another book by now
    } catch {
      // Nothing is kept.
    }
  };

  const whyNot = () => {
    if (location.protocol === "file:")
      return (
        "This picture stands still, since a browser runs Python only in pages that a server has " +
        "sent, and not in a file (see “How to read it offline” on the first page)."
      );
    if (!window.WebAssembly || !window.Worker)
      return "This picture stands still, since this browser has no WebAssembly, which Python needs here.";
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
      return stand(`This picture stands still, since the page’s cells could not be loaded (${error}).`);
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
