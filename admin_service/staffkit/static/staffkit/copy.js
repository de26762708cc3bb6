// Copies the link or text beside a pressed button. Without a secure connection browsers offer only the older way.
document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const field = button.parentElement.querySelector("input, textarea");
  field.select();
  if (navigator.clipboard) await navigator.clipboard.writeText(field.value);
  else document.execCommand("copy");
  const icon = button.querySelector("span");
  icon.textContent = "check";
  setTimeout(() => { icon.textContent = "content_copy"; }, 1500);
});
