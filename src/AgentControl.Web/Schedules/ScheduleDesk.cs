using AgentControl.Engine.Access;
using AgentControl.Engine.Jobs;
using AgentControl.Engine.Schedules;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Schedules;

/// <summary>What whoever is signed in does to schedules, and how they hear of it.</summary>
internal sealed class ScheduleDesk(ScheduleCommands commands, ICallerAccessor callers, Notices notices)
{
    private const string NeedsRole = "Needs the Operator role";
    private const string Gone = "It was deleted meanwhile.";

    /// <summary>Why the caller may not change schedules of a workspace; null where they may.</summary>
    public async Task<Func<string, string?>> LockAsync(CancellationToken cancellationToken)
    {
        var caller = await callers.CurrentAsync(cancellationToken);
        return workspace => caller?.Has(Role.Operator, workspace) == true ? null : NeedsRole;
    }

    public async Task<ScheduleOutcome> SaveAsync(string name, int version, ScheduleDefinition definition) =>
        await commands.SaveAsync(name, version, definition, await CallerAsync(), CancellationToken.None);

    /// <summary>On or off; the person may take it back for ten seconds.</summary>
    public async Task SwitchAsync(ScheduleSummary schedule, Func<Task> changed)
    {
        var outcome = await SetAsync(schedule.Name, !schedule.Paused);
        await changed();
        if (outcome is not ScheduleOutcome.Done)
            await notices.ProblemAsync($"{schedule.Name}: {Gone}");
        else
            await notices.OfferUndoAsync(
                schedule.Paused ? $"{schedule.Name} is on." : $"{schedule.Name} is off. Nothing is due.",
                async () =>
                {
                    await SetAsync(schedule.Name, schedule.Paused);
                    await changed();
                }
            );
    }

    /// <summary>The job that was started; null where it was refused, and the person was told why.</summary>
    public async Task<Guid?> RunAsync(string name)
    {
        switch (await commands.RunAsync(name, await CallerAsync(), null, CancellationToken.None))
        {
            case SubmitOutcome.Accepted accepted:
                await notices.SayAsync($"{name} runs now as {Core.Jobs.ShortId.Of(accepted.Id)}.");
                return accepted.Id;
            case SubmitOutcome.Invalid invalid:
                await notices.ProblemAsync(
                    $"It was not started. {string.Join(' ', invalid.Errors.Select(e => $"{e.Key}: {e.Value[0]}"))}"
                );
                return null;
            case null:
                await notices.ProblemAsync($"{name}: {Gone}");
                return null;
            default:
                await notices.ProblemAsync("It was not started. Try again.");
                return null;
        }
    }

    /// <summary>True where it is gone now.</summary>
    public async Task<bool> DeleteAsync(string name, int version)
    {
        var outcome = await commands.DeleteAsync(name, version, await CallerAsync(), CancellationToken.None);
        if (outcome is ScheduleOutcome.Changed)
            await notices.ProblemAsync($"{name} was changed meanwhile, and was not deleted. Look at it again.");
        else
            await notices.SayAsync($"{name} is deleted. Its jobs stay.");
        return outcome is not ScheduleOutcome.Changed;
    }

    private async Task<ScheduleOutcome> SetAsync(string name, bool paused)
    {
        var caller = await CallerAsync();
        return paused
            ? await commands.PauseAsync(name, null, caller, CancellationToken.None)
            : await commands.ResumeAsync(name, caller, CancellationToken.None);
    }

    // Asked anew at each action: a role may have been taken away while the page was open.
    private async Task<Caller> CallerAsync() =>
        await callers.CurrentAsync(CancellationToken.None)
        ?? throw new AccessDeniedException(Role.Operator, Caller.Everywhere);
}
