/* What somebody types is kept in this tab until the platform says that it has it: a session that
   ends, a page that has run out or a lost connection costs nothing. It is bound to the person,
   lies in no other tab, and goes when they sign out. */
(function () {
  "use strict";

  var WHO = document.body.getAttribute("data-who") || "";
  var store;
  try { store = window.sessionStorage; } catch (refused) { return; }

  function keyOf(form) { return "draft:" + WHO + ":" + (form.getAttribute("action") || location.pathname); }
  function read(form) {
    try { return JSON.parse(store.getItem(keyOf(form)) || "null"); } catch (broken) { return null; }
  }
  function write(form, draft) {
    try { store.setItem(keyOf(form), JSON.stringify(draft)); } catch (full) { /* then it is not kept */ }
  }
  function forget(form) { store.removeItem(keyOf(form)); }
  function isKept(form) {
    return form.matches("form.form[method=post]:not([data-draft=off])") && form.querySelector("[name=press]");
  }
  function holds(field) {
    return field.name && ["hidden", "file", "password", "submit", "button"].indexOf(field.type) < 0;
  }
  function ticks(field) { return field.type === "checkbox" || field.type === "radio"; }

  function valuesOf(form) {
    var values = {};
    Array.prototype.forEach.call(form.elements, function (field) {
      if (!holds(field)) { return; }
      if (ticks(field)) {
        values[field.name] = (values[field.name] || []).concat(field.checked ? [field.value] : []);
      } else if (field.multiple) {
        values[field.name] = Array.prototype.filter.call(field.options, function (option) {
          return option.selected;
        }).map(function (option) { return option.value; });
      } else {
        values[field.name] = [field.value];
      }
    });
    return values;
  }

  /* Returns the fields whose value is another now. */
  function fill(form, values) {
    return Array.prototype.filter.call(form.elements, function (field) {
      var kept = holds(field) && values[field.name];
      if (!kept) { return false; }
      if (ticks(field)) {
        var checked = kept.indexOf(field.value) >= 0;
        if (field.checked === checked) { return false; }
        field.checked = checked;
        return true;
      }
      if (field.multiple || field.value === kept[0]) { return false; }
      var before = field.value;
      field.value = kept[0];
      // A choice that is not offered (yet) leaves the field as it was.
      if (field.value !== kept[0]) { field.value = before; return false; }
      return true;
    });
  }

  var isRestoring = false;
  function say(fields) {
    isRestoring = true;
    fields.forEach(function (field) {
      field.dispatchEvent(new Event("input", { bubbles: true }));
      if (field.tagName === "SELECT") { field.dispatchEvent(new Event("change", { bubbles: true })); }
    });
    isRestoring = false;
  }

  function showNote(form) {
    var note = document.createElement("p");
    note.className = "notice";
    note.setAttribute("role", "status");
    note.appendChild(document.createTextNode("已恢复上次没有提交的内容，请核对。"));
    var drop = document.createElement("button");
    drop.type = "button";
    drop.className = "as-link";
    drop.textContent = "放弃并重新填写";
    drop.addEventListener("click", function () { forget(form); location.reload(); });
    note.appendChild(drop);
    form.insertBefore(note, form.firstChild);
    var panel = form.closest(".panel");
    var opener = panel && panel.hidden && document.querySelector("[data-panel='" + panel.id + "']");
    if (opener) { opener.click(); }
  }

  /* The platform names the form that it has taken in. */
  function forgetWhatArrived() {
    var found = /(?:^|; )done=([^;]+)/.exec(document.cookie);
    if (!found) { return; }
    document.cookie = "done=; path=/; max-age=0";
    Object.keys(store).forEach(function (key) {
      if (key.indexOf("draft:") !== 0) { return; }
      try {
        if (JSON.parse(store.getItem(key)).sent === found[1]) { store.removeItem(key); }
      } catch (broken) { store.removeItem(key); }
    });
  }

  function watch(form) {
    var draft = read(form);
    // What the platform shows again with what is wrong holds the values already.
    if (draft && !form.querySelector(".wrong, .notice.error")) {
      var changed = fill(form, draft.values);
      if (changed.length) { showNote(form); say(changed); }
      // Finer choices are fetched after the coarser one: then they can be restored too.
      form.addEventListener("htmx:afterSettle", function () {
        if (draft) { say(fill(form, draft.values)); }
      });
    }
    ["input", "change"].forEach(function (kind) {
      form.addEventListener(kind, function () {
        if (isRestoring) { return; }
        draft = null;
        write(form, { values: valuesOf(form), sent: "" });
      });
    });
  }

  forgetWhatArrived();
  // By then htmx listens, and fetches what lies below a restored choice.
  document.addEventListener("DOMContentLoaded", function () {
    Array.prototype.filter.call(document.querySelectorAll("form"), isKept).forEach(watch);
  });
  document.addEventListener("submit", function (event) {
    var form = event.target;
    if (form.hasAttribute("data-leaves")) {
      Object.keys(store).forEach(function (key) {
        if (key.indexOf("draft:") === 0) { store.removeItem(key); }
      });
    } else if (isKept(form)) {
      write(form, { values: valuesOf(form), sent: form.querySelector("[name=press]").value });
    }
  });
})();
