// Keys for the pair and the pages around it and nothing more: without this file every action is still an ordinary form.
(function () {
  "use strict";

  function plain(event) {
    var on = event.target;
    return !(event.ctrlKey || event.metaKey || event.altKey || event.repeat) &&
      !(on.closest && on.closest("textarea, select, input[type=text], input[type=password]"));
  }

  // Pages with one key of their own: U takes a verdict back, E goes back from the originals.
  var single = { KeyU: document.getElementById("undo"), KeyE: document.getElementById("back") };
  document.addEventListener("keydown", function (event) {
    var on = single[event.code];
    if (!on || !plain(event) || event.shiftKey || stored() === "off") { return; }
    if (on.requestSubmit) { on.requestSubmit(); } else { on.click(); }
    event.preventDefault();
  });

  function stored() {
    try { return window.localStorage.getItem("ridni-keys"); } catch (error) { return null; }
  }

  var form = document.getElementById("decision");
  if (!form) { return; }

  var STORE = "ridni-keys";
  var VERDICTS = form.querySelectorAll("input[name=verdict]");
  var FIRST_REASON = 4;
  var help = document.getElementById("help");
  var toggle = document.getElementById("keys-on");
  var status = document.getElementById("decision-status");
  var more = document.getElementById("decide-more");
  var sent = false;

  // Beneath a narrow page the panel keeps to what decides.
  if (window.matchMedia("(max-width: 68rem)").matches && !more.querySelector("[open]")) { more.open = false; }

  function keysOn() { return !toggle || toggle.checked; }

  function choose(input) {
    if (!input) { return; }
    input.checked = true;
    input.focus();
    status.textContent = "";
  }

  function verdict() { return form.querySelector("input[name=verdict]:checked"); }

  function reasons(value) { return form.querySelectorAll("input[name=reason_" + value + "]"); }

  function confirm() {
    var chosen = verdict();
    if (!chosen) {
      status.textContent = status.dataset.needVerdict;
      VERDICTS[0].focus();
      return;
    }
    if (!form.querySelector("input[name=reason_" + chosen.value + "]:checked")) {
      status.textContent = status.dataset.needReason;
      reasons(chosen.value)[0].focus();
      return;
    }
    form.requestSubmit();
  }

  function digit(number) {
    if (number < FIRST_REASON) { choose(VERDICTS[number - 1]); return; }
    var chosen = verdict();
    if (chosen) { choose(reasons(chosen.value)[number - FIRST_REASON]); }
    else { status.textContent = status.dataset.needVerdict; }
  }

  // A jump leads back: the same key again, or Escape, returns to where it was pressed.
  var from = null;

  function back() {
    if (!from) { return false; }
    window.scrollTo(0, from.y);
    if (from.focus && from.focus !== document.body) { from.focus.focus({ preventScroll: true }); }
    else if (document.activeElement) { document.activeElement.blur(); }
    from = null;
    return true;
  }

  function go(id) {
    if (from && from.id === id) { back(); return; }
    var part = document.getElementById(id);
    from = { id: id, y: from ? from.y : window.scrollY, focus: from ? from.focus : document.activeElement };
    part.scrollIntoView({ block: "start" });
    part.focus({ preventScroll: true });
  }

  function press(id) {
    var button = document.getElementById(id);
    if (button) { button.click(); }
  }

  function unfold(id, inside) {
    var part = document.getElementById(id);
    if (!part) { return; }
    more.open = true;
    part.open = true;
    part.querySelector(inside).focus();
  }

  var JUMPS = {
    KeyE: function () { keep(); document.getElementById("original").click(); },
    KeyG: function () { go("around"); },
    KeyO: function () { go("others"); },
    KeyN: function () { unfold("note-fold", "textarea"); },
    KeyH: function () { unfold("hand-over", "input"); },
    KeyS: function () { press("skip"); },
    KeyB: function () { press("release"); },
    KeyY: function () { press("quick-same"); },
    KeyX: function () { press("quick-different"); }
  };

  // What is chosen and written stays in this page's own history entry, so that going back finds it.
  function keep() {
    var chosen = verdict();
    var reason = chosen && form.querySelector("input[name=reason_" + chosen.value + "]:checked");
    var state = { verdict: chosen && chosen.id, reason: reason && reason.id, note: document.getElementById("note").value, y: window.scrollY };
    try { window.sessionStorage.setItem("ridni-choice " + form.action, JSON.stringify(state)); } catch (error) { /* then it is chosen anew */ }
  }

  function restore() {
    var state = null;
    try {
      state = JSON.parse(window.sessionStorage.getItem("ridni-choice " + form.action));
      window.sessionStorage.removeItem("ridni-choice " + form.action);
    } catch (error) { return; }
    if (!state) { return; }
    if (state.y) { window.scrollTo(0, state.y); }
    if (verdict()) { return; }
    [state.verdict, state.reason].forEach(function (id) {
      if (id && document.getElementById(id)) { document.getElementById(id).checked = true; }
    });
    if (state.note) { document.getElementById("note").value = state.note; document.getElementById("note-fold").open = true; }
  }

  document.getElementById("note").addEventListener("keydown", function (event) {
    if (event.key === "Escape") { event.target.blur(); }
  });
  document.getElementById("original").addEventListener("click", keep);
  restore();

  document.addEventListener("keydown", function (event) {
    if (!plain(event) || !keysOn()) { return; }
    var on = event.target;
    var pressable = on.closest && on.closest("a, button, summary, input[type=checkbox]");
    if (event.key >= "1" && event.key <= "9" && event.key.length === 1) {
      digit(Number(event.key));
    } else if (event.key === "Enter" && !pressable) {
      confirm();
    } else if (event.key === "Escape" && back()) {
      /* where the jump began */
    } else if (JUMPS[event.code] && !event.shiftKey) {
      JUMPS[event.code]();
    } else if (event.key === "?") {
      if (help.open) { help.open = false; if (!back()) { help.querySelector("summary").focus(); } }
      else { help.open = true; go("help"); help.querySelector("summary").focus(); }
    } else {
      return;
    }
    event.preventDefault();
  });

  // One press sends once.
  form.addEventListener("submit", function (event) {
    if (sent) { event.preventDefault(); }
    sent = true;
  });

  // What one key gives goes with the note, and through the form that outlives a lost session.
  document.querySelectorAll("[name=quick]").forEach(function (button) {
    button.addEventListener("click", function (event) {
      choose(document.getElementById("verdict-" + button.value));
      choose(reasons(button.value)[0]);
      form.requestSubmit();
      event.preventDefault();
    });
  });
  window.addEventListener("pageshow", function () { sent = false; });

  if (toggle) {
    toggle.closest(".switch").hidden = false;
    toggle.checked = stored() !== "off";
    toggle.addEventListener("change", function () {
      try { window.localStorage.setItem(STORE, toggle.checked ? "on" : "off"); } catch (error) { /* the choice holds for this page */ }
    });
  }
}());
