using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Jobs.Acting;

/// <summary>Does what a person asks of a job: asks first where it cannot be taken back, offers Undo where it can, and says how it went.</summary>
internal sealed class JobActor(
    JobCommands commands,
    ICallerAccessor callers,
    JobQuestions questions,
    Notices notices,
    NavigationManager navigation
)
{
    /// <summary>Asks where an action needs it. Null: the person thought better of it.</summary>
    public Task<JobOrder?> AskAsync(JobTarget job, string action) => questions.AskAsync(job, action);

    /// <summary>Sends the action and says how it went. The state on the screen changes only when the server's does.</summary>
    public async Task SendAsync(JobTarget job, JobOrder order)
    {
        var action = order.Action;
        if (action == JobActions.Decide || order.Retry?.Way == RetryWay.Anew)
        {
            navigation.NavigateTo(
                action != JobActions.Decide ? $"/jobs/new?from={job.ShortId}"
                : job.ApprovalId is { } approval ? $"/approvals/{approval}"
                : $"/jobs/{job.ShortId}/approvals"
            );
            return;
        }
        var least = action == JobActions.SkipWait ? Role.Admin : Role.Operator;
        var caller = await callers.CurrentAsync(CancellationToken.None);
        if (caller is null || !caller.Has(least, job.Workspace))
        {
            await notices.ProblemAsync($"{JobWords.Action(action, job.Label).TrimEnd('…')} needs the {least} role.");
            return;
        }
        if (order.Retry is { Way: RetryWay.Fork } fork)
        {
            await ForkAsync(job, fork.FromStep, caller.Actor);
            return;
        }
        var outcome = await RunAsync(job.Id, action, caller.Actor);
        await SayAsync(job, action, outcome, caller.Actor);
    }

    public async Task ActAsync(JobTarget job, string action)
    {
        if (await AskAsync(job, action) is { } order)
            await SendAsync(job, order);
    }

    /// <summary>Puts a tag on or takes it off, with Undo. False where it was not done; a refusal has been said.</summary>
    public async Task<bool> TagAsync(JobTarget job, string tag, bool on)
    {
        var caller = await callers.CurrentAsync(CancellationToken.None);
        if (caller is null || !caller.Has(Role.Operator, job.Workspace))
        {
            await notices.ProblemAsync($"Tags need the {Role.Operator} role.");
            return false;
        }
        var outcome = await commands.TagAsync(job.Id, tag, on, caller.Actor, CancellationToken.None);
        if (outcome.Result != CommandResult.Accepted)
        {
            await notices.ProblemAsync(
                outcome.Result == CommandResult.NotFound ? $"{job.Name} is gone. Load the list again."
                : outcome.Errors.Count > 0 ? string.Join(" ", outcome.Errors.SelectMany(e => e.Value))
                : outcome.Reason ?? $"{job.Name} cannot be tagged now."
            );
            return false;
        }
        await notices.OfferUndoAsync(
            on ? $"Tagged {job.Name} “{tag}”." : $"Took the tag “{tag}” off {job.Name}.",
            () => commands.TagAsync(job.Id, tag, !on, caller.Actor, CancellationToken.None)
        );
        return true;
    }

    private async Task ForkAsync(JobTarget job, string? fromStep, Actor actor)
    {
        switch (await commands.ForkAsync(job.Id, fromStep, null, actor, CancellationToken.None))
        {
            case SubmitOutcome.Accepted fork:
                navigation.NavigateTo($"/jobs/{Core.Jobs.ShortId.Of(fork.Id)}");
                break;
            case SubmitOutcome.Invalid invalid:
                await notices.ProblemAsync(string.Join(" ", invalid.Errors.SelectMany(e => e.Value)));
                break;
            default:
                await notices.ProblemAsync($"{job.Name} is gone. Load the list again.");
                break;
        }
    }

    private async Task SayAsync(JobTarget job, string action, CommandOutcome outcome, Actor actor)
    {
        switch (outcome.Result)
        {
            case CommandResult.NotFound:
                await notices.ProblemAsync($"{job.Name} is gone. Load the list again.");
                break;
            case CommandResult.Refused:
                await notices.ProblemAsync(outcome.Reason ?? $"{job.Name} cannot do that now.");
                break;
            case CommandResult.Accepted when action == JobActions.Pause:
                await notices.OfferUndoAsync(
                    $"Pause requested for {job.Name}.",
                    () => RunAsync(job.Id, JobActions.Resume, actor)
                );
                break;
            case CommandResult.Accepted when action == JobActions.Resume:
                await notices.OfferUndoAsync($"{job.Name} goes on.", () => RunAsync(job.Id, JobActions.Pause, actor));
                break;
            default:
                await notices.SayAsync(Said(job, action));
                break;
        }
    }

    private static string Said(JobTarget job, string action) =>
        action switch
        {
            JobActions.Cancel => $"Cancel requested for {job.Name}.",
            JobActions.Retry => $"{job.Name} is queued again behind its last recorded step.",
            JobActions.RunNow => $"{job.Name} is queued now.",
            JobActions.RetryNow => $"{job.Name} tries again now.",
            JobActions.SkipWait => $"{job.Name} no longer waits.",
            _ => $"Stop requested for {job.Name}.",
        };

    private Task<CommandOutcome> RunAsync(Guid id, string action, Actor actor) =>
        action switch
        {
            JobActions.Pause => commands.PauseAsync(id, actor, null, CancellationToken.None),
            JobActions.Resume => commands.ResumeAsync(id, actor, null, CancellationToken.None),
            JobActions.Cancel => commands.CancelAsync(id, actor, null, CancellationToken.None),
            JobActions.Retry => commands.RetryAsync(id, actor, null, CancellationToken.None),
            JobActions.RunNow => commands.RunNowAsync(id, actor, CancellationToken.None),
            JobActions.RetryNow => commands.RetryNowAsync(id, actor, CancellationToken.None),
            JobActions.SkipWait => commands.SkipWaitAsync(id, actor, CancellationToken.None),
            JobActions.ForceStop => commands.ForceStopAsync(id, actor, null, CancellationToken.None),
            _ => throw new ArgumentOutOfRangeException(nameof(action), action, "No command has this name."),
        };
}
