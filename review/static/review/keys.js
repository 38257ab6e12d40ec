// Keys for the pair page and nothing more: without this file every action is still an ordinary form.
(function () {
  "use strict";

  var form = document.getElementById("decision");
  if (!form) { return; }

  var STORE = "ridni-keys";
  var VERDICTS = ["same", "different", "cannot_tell"];
  var FIRST_REASON = 4;
  var help = document.getElementById("help");
  var toggle = document.getElementById("keys-on");
  var status = document.getElementById("decision-status");
  var sent = false;

  function stored() {
    try { return window.localStorage.getItem(STORE); } catch (error) { return null; }
  }

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
      document.getElementById("verdict-same").focus();
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
    if (number < FIRST_REASON) { choose(document.getElementById("verdict-" + VERDICTS[number - 1])); return; }
    var chosen = verdict();
    if (chosen) { choose(reasons(chosen.value)[number - FIRST_REASON]); }
    else { status.textContent = status.dataset.needVerdict; }
  }

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !keysOn()) { return; }
    var on = event.target;
    var pressable = on.closest && on.closest("a, button, summary, input[type=checkbox]");
    if (event.key >= "1" && event.key <= "9" && event.key.length === 1) {
      digit(Number(event.key));
    } else if (event.key === "Enter" && !pressable) {
      confirm();
    } else if (event.code === "KeyS" && !event.shiftKey) {
      document.getElementById("skip").requestSubmit();
    } else if (event.key === "?") {
      help.open = !help.open;
      help.querySelector("summary").focus();
    } else {
      return;
    }
    event.preventDefault();
  });

  form.addEventListener("submit", function (event) {
    if (sent) { event.preventDefault(); }
    sent = true;
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
