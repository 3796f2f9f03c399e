using AgentControl.Engine.Access;
using AgentControl.Engine.Failures;
using AgentControl.Engine.Jobs.Bulk;
using AgentControl.Web.Access;
using AgentControl.Web.Shared;
using Microsoft.AspNetCore.Components;

namespace AgentControl.Web.Failures;

/// <summary>Decides about groups for whoever looks at them, offers to take it back, and leads to the page of a retry.</summary>
internal sealed class FailureDesk(
    FailureCommands commands,
    ICallerAccessor callers,
    Notices notices,
    NavigationManager navigation
)
{
    public const string NeedsOperator = "Needs the Operator role";

    public async ValueTask<Caller> CallerAsync(CancellationToken cancellationToken) =>
        await callers.CurrentAsync(cancellationToken)
        ?? throw new AccessDeniedException(Role.Viewer, Caller.Everywhere);

    public Task DecideAsync(
        FailureGroupView group,
        string done,
        Func<Caller, Task<FailureOutcome>> decide,
        Func<Task> reload
    ) =>
        ActAsync(
            decide,
            taken => taken.Changed ? OfferUndoAsync(group, taken.Group, done, reload) : Task.CompletedTask
        );

    /// <summary>Null retries what stands of all unresolved groups.</summary>
    public async Task RetryAsync(Guid? group, string? agent)
    {
        var caller = await CallerAsync(CancellationToken.None);
        try
        {
            var outcome = group is { } id
                ? await commands.RetryAsync(id, caller, CancellationToken.None)
                : await commands.RetryAllAsync(agent, caller, CancellationToken.None);
            switch (outcome)
            {
                case BulkOutcome.Taken taken:
                    navigation.NavigateTo($"/jobs/bulk/{taken.Bulk.Id}");
                    break;
                case BulkOutcome.Refused refused:
                    await notices.SayAsync(refused.Reason);
                    break;
                case BulkOutcome.Invalid invalid:
                    await notices.ProblemAsync(string.Join(" ", invalid.Errors.SelectMany(e => e.Value)));
                    break;
                default:
                    await notices.ProblemAsync("The group is gone.");
                    break;
            }
        }
        catch (AccessDeniedException)
        {
            await notices.ProblemAsync($"{NeedsOperator}.");
        }
    }

    private Task OfferUndoAsync(FailureGroupView before, FailureGroupView decided, string done, Func<Task> reload) =>
        notices.OfferUndoAsync(
            done,
            async () =>
            {
                await ActAsync(
                    caller => commands.UndoAsync(before, decided, caller, CancellationToken.None),
                    _ => Task.CompletedTask
                );
                await reload();
            }
        );

    private async Task ActAsync(Func<Caller, Task<FailureOutcome>> act, Func<FailureOutcome.Taken, Task> done)
    {
        var caller = await CallerAsync(CancellationToken.None);
        try
        {
            switch (await act(caller))
            {
                case FailureOutcome.Taken taken:
                    await done(taken);
                    break;
                case FailureOutcome.Invalid invalid:
                    await notices.ProblemAsync(string.Join(" ", invalid.Errors.SelectMany(e => e.Value)));
                    break;
                case FailureOutcome.Refused refused:
                    await notices.ProblemAsync(refused.Reason);
                    break;
                default:
                    await notices.ProblemAsync("The group is gone.");
                    break;
            }
        }
        catch (AccessDeniedException)
        {
            await notices.ProblemAsync($"{NeedsOperator}.");
        }
    }
}
