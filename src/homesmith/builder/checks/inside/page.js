// Runs in every page before its own scripts: remembers who listens, reads what is shown,
// and operates one control at a time. Nothing here changes what the app does.
(() => {
  "use strict";
  const listened = new WeakMap();
  const listen = EventTarget.prototype.addEventListener;
  EventTarget.prototype.addEventListener = function (type, ...rest) {
    const target = this ?? window;
    if (!listened.has(target)) listened.set(target, new Set());
    listened.get(target).add(type);
    return listen.call(target, type, ...rest);
  };

  const ACTS = ["click", "mousedown", "mouseup", "pointerdown", "pointerup", "touchstart", "input", "change", "submit"];
  const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

  const visible = (element) =>
    element.checkVisibility({ visibilityProperty: true }) && element.getClientRects().length > 0;

  function shown(element) {
    if (element instanceof HTMLSelectElement) return element.selectedOptions[0]?.text ?? "";
    if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return element.value;
    const plain = element.innerText ?? element.textContent ?? "";
    const values = [...element.querySelectorAll("input:not([type=password]), textarea")].filter(visible);
    return [plain, ...values.map((item) => item.value)].join("\n");
  }

  const find = (selector) => (selector ? [...document.querySelectorAll(selector)] : [document.body]);

  function look(selector) {
    const all = find(selector);
    const seen = all.filter((element) => element === document.body || visible(element));
    return {
      found: all.length,
      seen: seen.length,
      texts: seen.map(shown),
      raw: seen.map((element) => element.textContent ?? ""),
      values: all.map((element) => String(element.value ?? element.textContent ?? "")),
      checked: all.map((element) => element.checked ?? null),
      disabled: all.map((element) => element.matches(":disabled") || element.ariaDisabled === "true"),
    };
  }

  function names() {
    const marked = [...document.querySelectorAll("[id], [data-testid]")];
    return marked.flatMap((element) => [
      ...(element.dataset?.testid ? [`[data-testid="${element.dataset.testid}"]`] : []),
      ...(element.id ? [`#${element.id}`] : []),
    ]);
  }

  function selectorOf(element) {
    const testid = element.dataset?.testid;
    const marks = [testid && `[data-testid="${CSS.escape(testid)}"]`, element.id && `#${CSS.escape(element.id)}`];
    for (const mark of marks) if (mark && document.querySelectorAll(mark).length === 1) return mark;
    const parent = element.parentElement;
    if (!parent || element === document.body) return element.localName;
    return `${selectorOf(parent)} > ${element.localName}:nth-child(${[...parent.children].indexOf(element) + 1})`;
  }

  function labelOf(element, selector) {
    if (!selector.includes(" > ") && !/^#.*\d/.test(selector)) return selector;
    const text = (element.innerText || element.value || element.ariaLabel || element.name || "").trim();
    return `${element.localName} "${text.split("\n")[0].slice(0, 30)}"`;
  }

  function controls(limit) {
    const all = document.querySelectorAll(
      "button, select, input[type=submit], input[type=button], input[type=checkbox], [role=button], [onclick]",
    );
    const chosen = [...all].filter((element) => visible(element) && !element.matches(":disabled"));
    const labels = new Set();
    return chosen.flatMap((element) => {
      const selector = selectorOf(element);
      const label = labelOf(element, selector);
      if (labels.has(label) || labels.size >= limit) return [];
      labels.add(label);
      const turned = element.matches("select, [type=checkbox]");
      return [{ selector, label, verb: turned ? "changing" : "clicking" }];
    });
  }

  function heard(selector) {
    const element = document.querySelector(selector);
    const chain = [];
    for (let node = element; node; node = node.parentNode) chain.push(node);
    chain.push(window);
    return chain.some((node) => ACTS.some((type) => listened.get(node)?.has(type) || node[`on${type}`]));
  }

  const SAMPLES = {
    date: "2030-01-15", time: "09:30", month: "2030-01", week: "2030-W03", "datetime-local": "2030-01-15T09:30",
    email: "sample@example.com", url: "https://example.com/", tel: "5550100", password: "Sample-1234",
  };

  function sample(input) {
    const hints = [input.inputMode, input.placeholder, input.name, input.id, input.labels?.[0]?.innerText].join(" ");
    const numeric = /numeric|decimal|amount|price|number|quantity|count|minutes|seconds|weight|height|age\b/i;
    if (input.type === "number" || input.type === "range") {
      const low = input.min === "" ? -Infinity : Number(input.min);
      const high = input.max === "" ? Infinity : Number(input.max);
      return String(Math.min(Math.max(7, low), high));
    }
    if (SAMPLES[input.type]) return SAMPLES[input.type];
    const text = numeric.test(hints) ? "7" : "Sample text";
    return input.maxLength > 0 ? text.slice(0, input.maxLength) : text;
  }

  function tell(element) {
    for (const type of ["input", "change"]) element.dispatchEvent(new Event(type, { bubbles: true }));
  }

  function fill(except) {
    const skipped = "[type=submit], [type=button], [type=reset], [type=hidden], [type=checkbox], [type=radio], [type=file], [type=color]";
    for (const element of document.querySelectorAll("input, textarea, select")) {
      if (element === except || !visible(element) || element.matches(`:disabled, :read-only:not(select), ${skipped}`)) continue;
      if (element instanceof HTMLSelectElement) {
        if (element.value || element.options.length < 2) continue;
        element.selectedIndex = 1;
      } else if (element.value === "") element.value = sample(element);
      else continue;
      tell(element);
    }
  }

  function state() {
    const fields = [...document.querySelectorAll("input, textarea, select")];
    const pictures = [...document.querySelectorAll("canvas")].map((canvas) => {
      try { return canvas.toDataURL(); } catch { return ""; }
    });
    return JSON.stringify([
      location.href, document.title, { ...localStorage }, { ...sessionStorage },
      fields.map((field) => [field.value, field.checked]), pictures,
    ]);
  }

  async function operate(selector, filled) {
    const element = document.querySelector(selector);
    if (!element) return { effect: "gone", heard: true };
    if (filled) fill(element);
    await pause(20);
    element.focus?.();
    const before = state();
    const focus = document.activeElement;
    let mutations = 0;
    const watch = new MutationObserver((records) => { mutations += records.length; });
    watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
    if (element instanceof HTMLSelectElement) {
      if (element.options.length > 1) element.selectedIndex = element.selectedIndex === 1 ? 0 : 1;
      tell(element);
    } else element.click();
    let effect = "";
    for (let turn = 0; turn < 8 && (!effect || turn < 2); turn += 1) {
      await pause(40);
      if (mutations || state() !== before) effect = "changed";
      else if (document.activeElement !== focus) effect = "focus";
    }
    watch.disconnect();
    return { effect, heard: heard(selector) };
  }

  Object.defineProperty(window, "__homesmith", { value: { look, names, controls, operate, heard } });
})();
