import type { News } from "./api.ts";
import { html } from "./html.ts";
import type { Html } from "./html.ts";

/** What the shop announces, with where that and the key of its receipts come from; nothing while nobody knows. */
export function announcementLine(news: News | undefined): Html {
  if (news === undefined) return html``;
  const { announcement, receipts } = news;
  return html`<p class="announcement">
    ${announcement.text}
    <span class="source" data-announcement="${announcement.source}" data-receipts="${receipts.source}">
      Announced by ${announcement.source} · receipts signed with a key of ${receipts.source}
    </span>
  </p>`;
}
