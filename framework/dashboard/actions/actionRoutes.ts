import type { Context, Hono } from "hono";
import { LajuError } from "../../config/errors";
import { recordAction } from "../../runs/ledger/actions";
import { isCrossSite, isFormToken } from "../access/formToken";
import type { Visitor } from "../access/visitor";
import { problemPage, questionPage } from "../pages/question";
import { sendPage } from "../sendPage";
import { submittedForm } from "../submittedForm";
import type { Page, View } from "../view";
import type { Action, Fields } from "./action";
import { acknowledge, disable, enable, pauseCommand, resumeCommand } from "./commandActions";
import { keepNotice } from "./notices";
import { once } from "./once";
import { cancel, pauseType, resumeType, retry } from "./queueActions";
import { again, run } from "./runActions";
import { stop } from "./stop";

const actions: Record<string, Action> = {
  ...{ run, again, stop, enable, disable, acknowledge },
  ...{ pause: pauseCommand, resume: resumeCommand },
  ...{ retry, cancel, "pause-type": pauseType, "resume-type": resumeType },
};

export interface ActionParts {
  formKey: Buffer;
  viewFor(context: Context): View;
  show(context: Context, page: Page, view: View): string;
}

/**
 * Adds the routes of confirmation pages and their actions. Accepts only visitors who are allowed to act, and only forms
 * of the dashboard itself.
 */
export function addActionRoutes(app: Hono, { formKey, viewFor, show }: ActionParts): void {
  app.get("/do/:action", async (context: Context) => {
    const action = actionIn(context);
    if (action === undefined) return context.notFound();
    if (!visitorOf(context).canAct) return refused(context);
    return asked(context, action, {});
  });

  app.post("/do/:action", async (context: Context) => {
    const visitor = visitorOf(context);
    if (!visitor.canAct) return refused(context);
    const action = actionIn(context);
    if (action === undefined) return context.notFound();
    const { token, ...fields } = await submittedForm(context);
    if (isCrossSite(context.req.raw.headers) || !isFormToken(formKey, visitor, token)) {
      return context.text("This form has expired. Go back, reload the page and try again.\n", 403);
    }
    const about = new URL(context.req.url).searchParams;
    const name = context.req.param("action") as string;
    try {
      const submission = JSON.stringify([token, name, String(about), fields]);
      const next = await once(submission, async () => {
        const done = await action.perform(about, fields);
        recordAction({
          at: Date.now(),
          who: visitor.name,
          action: name,
          details: null,
          runKey: null,
          ...done,
        });
        return `../${done.to}?said=${keepNotice(done.message)}`;
      });
      return context.redirect(next, 303);
    } catch (error) {
      if (!(error instanceof LajuError)) throw error;
      return asked(context, action, fields, error);
    }
  });

  async function asked(
    context: Context,
    action: Action,
    given: Fields,
    problem?: LajuError,
  ): Promise<Response> {
    const view = viewFor(context);
    try {
      const question = await action.ask(view.query, view, given);
      return sendPage(
        context,
        show(context, questionPage(question, view, problem), view),
        problem ? 422 : 200,
      );
    } catch (error) {
      if (!(error instanceof LajuError)) throw error;
      return sendPage(context, show(context, problemPage(error, view), view), 404);
    }
  }
}

function actionIn(context: Context): Action | undefined {
  const name = context.req.param("action") ?? "";
  return Object.hasOwn(actions, name) ? actions[name] : undefined;
}

function visitorOf(context: Context): Visitor {
  return context.get("visitor") as Visitor;
}

function refused(context: Context): Response {
  return context.text("This dashboard is read-only.\n", 403);
}
