/* What pages do beyond htmx; everything works without it, with more clicks. */
(function () {
  "use strict";

  // The menu on narrow screens.
  document.addEventListener("click", function (event) {
    var button = event.target.closest("[data-toggle]");
    if (button) {
      var target = document.getElementById(button.getAttribute("data-toggle"));
      var open = target.classList.toggle("open");
      button.setAttribute("aria-expanded", String(open));
      return;
    }
    var menu = document.getElementById("menu");
    if (menu && menu.classList.contains("open") && !menu.contains(event.target)) {
      menu.classList.remove("open");
      document.querySelector("[data-toggle='menu']").setAttribute("aria-expanded", "false");
    }
    // A box that opened from the bar closes when somebody presses elsewhere.
    document.querySelectorAll("details.who[open]").forEach(function (box) {
      if (!box.contains(event.target)) { box.removeAttribute("open"); }
    });
  });
  document.addEventListener("keydown", function (event) {
    if (event.key !== "Escape") { return; }
    document.querySelectorAll("details.who[open]").forEach(function (box) {
      box.removeAttribute("open");
      box.querySelector("summary").focus();
    });
  });

  // A form that unfolds beneath its button, one at a time; without the script it has a page.
  function closePanels() {
    document.querySelectorAll(".panel").forEach(function (panel) { panel.hidden = true; });
    document.querySelectorAll("[data-panel]").forEach(function (opener) {
      opener.setAttribute("aria-expanded", "false");
    });
  }
  document.querySelectorAll("[data-panel]").forEach(function (opener) {
    opener.setAttribute("role", "button");
    opener.setAttribute("aria-expanded", "false");
    opener.setAttribute("aria-controls", opener.getAttribute("data-panel"));
  });
  document.addEventListener("click", function (event) {
    var closer = event.target.closest("[data-close]");
    if (closer) {
      var name = closer.getAttribute("data-close");
      closePanels();
      document.querySelector("[data-panel='" + name + "']").focus();
      return;
    }
    var opener = event.target.closest("[data-panel]");
    if (!opener) { return; }
    event.preventDefault();
    var panel = document.getElementById(opener.getAttribute("data-panel"));
    var opens = panel.hidden;
    closePanels();
    if (opens) {
      panel.hidden = false;
      opener.setAttribute("aria-expanded", "true");
      var first = panel.querySelector("input:not([type='hidden']), select, textarea");
      if (first) { first.focus(); }
    }
  });
  document.addEventListener("keydown", function (event) {
    var opener = event.target.closest("[data-panel]");
    if (opener && event.key === " ") { event.preventDefault(); opener.click(); }
  });

  // Ask before what cannot be taken back, and send a form once.
  document.addEventListener("submit", function (event) {
    var form = event.target;
    var question = form.getAttribute("data-confirm");
    if (question && !window.confirm(question)) {
      event.preventDefault();
      return;
    }
    if (form.getAttribute("data-sent") === "yes") {
      event.preventDefault();
      return;
    }
    if (form.method === "post" && !form.hasAttribute("hx-post")) {
      form.setAttribute("data-sent", "yes");
    }
  });
  // Coming back with the browser's button finds the form ready again.
  window.addEventListener("pageshow", function () {
    document.querySelectorAll("form[data-sent]").forEach(function (form) {
      form.removeAttribute("data-sent");
    });
  });

  // Everything chosen at once, in tables with boxes.
  document.addEventListener("change", function (event) {
    var all = event.target.closest("[data-check-all]");
    if (!all) { return; }
    document.querySelectorAll(all.getAttribute("data-check-all")).forEach(function (box) {
      box.checked = all.checked;
    });
  });

  // An amount in 万元, said in words beneath the field, so that a zero too many is seen.
  var DIGITS = "零壹贰叁肆伍陆柒捌玖";
  function section(number) {
    var units = ["", "拾", "佰", "仟"], text = "", gap = false;
    for (var place = 3; place >= 0; place--) {
      var digit = Math.floor(number / Math.pow(10, place)) % 10;
      if (digit === 0) { gap = text !== ""; continue; }
      text += (gap ? "零" : "") + DIGITS[digit] + units[place];
      gap = false;
    }
    return text;
  }
  function inWords(yuan) {
    var units = ["", "万", "亿", "万亿"], text = "", place = 0, below = 0;
    if (yuan === 0) { return "零元整"; }
    while (yuan > 0) {
      var part = yuan % 10000;
      if (part > 0) {
        var joint = text !== "" && below < 1000 ? "零" : "";
        text = section(part) + units[place] + joint + text;
      }
      below = part;
      yuan = Math.floor(yuan / 10000);
      place += 1;
    }
    return "人民币" + text + "元整";
  }
  document.querySelectorAll("[data-words]").forEach(function (note) {
    var field = document.getElementById(note.getAttribute("data-words"));
    function say() {
      var yuan = Math.round(Number(field.value) * 10000);
      note.textContent = field.value !== "" && yuan >= 0 && yuan < 1e15 ? inWords(yuan) : "";
    }
    field.addEventListener("input", say);
    say();
  });

  // A slider and the number beside it are one value.
  document.addEventListener("input", function (event) {
    var other = document.getElementById(event.target.getAttribute("data-mirror") || "");
    if (other) { other.value = event.target.value; }
  });

  document.querySelectorAll("[data-print]").forEach(function (button) {
    button.hidden = false;
    button.addEventListener("click", function () { window.print(); });
  });

  // A part that could not be fetched says so instead of staying silent.
  document.addEventListener("htmx:responseError", function () { say("内容没有取到，请刷新页面重试。"); });
  document.addEventListener("htmx:sendError", function () { say("网络中断，内容没有发出；恢复后请重试。"); });
  function say(text) {
    var box = document.getElementById("messages");
    if (!box) { return; }
    box.innerHTML = "";
    var note = document.createElement("p");
    note.className = "notice error";
    note.textContent = text;
    box.appendChild(note);
  }
})();
