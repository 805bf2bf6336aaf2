import { allHandlersFinished, condition, defineUpdate, setHandler } from "@temporalio/workflow";
import { summaryText } from "../src/output/markdown.ts";
import { unwrapped } from "./faults.ts";
import { badInput } from "./input.ts";
import { cpu } from "./proxies.ts";
import { showStudy } from "./studyProgress.ts";
import type { StudyState } from "./studyState.ts";

/** The argument is a filled form, as the page form.html saves it. */
export const submitReviewUpdate = defineUpdate<string, [Readonly<Record<string, unknown>>]>("submitReview");

/** Takes filled forms while the study waits for them. */
export function handleReviews(state: StudyState): void {
  setHandler(
    submitReviewUpdate,
    async (form) => {
      const standing = await unwrapped(
        cpu.submitReview.executeWithOptions({ summary: "check and keep a filled form" }, [
          { study: state.study, form },
        ]),
      );
      const wanted = state.review?.wanted ?? standing.raters.length;
      // The answers to two forms sent at once may come in the other order.
      if (standing.raters.length > (state.review?.raters.length ?? 0)) state.review = { ...standing, wanted };
      showStudy(state);
      return `${standing.raters.length} of ${wanted} forms`;
    },
    {
      description:
        "Send a rater's filled form, as the study's form.html saves it: the whole JSON object. It is refused by line where it is wrong.",
      validator: (_form) => {
        if (state.phase !== "review") throw badInput("the study does not wait for a review");
      },
    },
  );
}

/** Does work; after a fault it waits for a person. */
type Durably = <T>(state: StudyState, work: () => Promise<T>) => Promise<T>;

/** Waits until so many experts have sent their forms, or the time is up; then joins them to the study. */
export async function waitForReviews(
  state: StudyState,
  wanted: number,
  deadline: number | null,
  durably: Durably,
): Promise<void> {
  const { study } = state;
  const standing = await durably(state, () =>
    cpu.openReview.executeWithOptions({ summary: "make the blinded form" }, [{ study }]),
  );
  state.review = { ...standing, wanted };
  state.phase = "review";
  showStudy(state);
  const isComplete = (): boolean => (state.review?.raters.length ?? 0) >= wanted;
  if (deadline === null) await condition(isComplete);
  else if (!(await condition(isComplete, Math.max(1, deadline - Date.now())))) return;
  state.phase = "writing";
  showStudy(state);
  // A form that is still being checked counts, too.
  await condition(allHandlersFinished);
  await durably(state, () =>
    cpu.closeReview.executeWithOptions({ summary: summaryText(`join ${wanted} reviews to the study`) }, [{ study }]),
  );
}
