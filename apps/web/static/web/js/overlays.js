// The preview of an overlay follows its options.
const form = document.querySelector("[data-overlay-options]");
form.addEventListener("change", () => form.requestSubmit());
