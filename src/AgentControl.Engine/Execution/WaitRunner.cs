using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Core.Waits;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;
using AgentControl.Engine.Waits;

namespace AgentControl.Engine.Execution;

/// <summary>Answers a wait from the journal, or opens it and leaves the branch.</summary>
internal sealed class WaitRunner(Attempt attempt, Scope scope, WaitStore store)
{
    public async Task<WaitOutcome> FirstOfAsync(IReadOnlyList<Wait> waits)
    {
        if (waits.Count == 0)
            throw new ArgumentException("FirstOf needs at least one wait.", nameof(waits));
        scope.Loops?.Waited();
        var group = scope.NextKey(waits.Count == 1 ? waits[0].Name : "firstOf");
        var keys = waits.Count == 1 ? [group] : waits.Select((w, i) => $"{group}/{i}:{w.Name}").ToArray();
        if (Answered(keys) is { } answered)
            return answered;
        attempt.Cancellation.ThrowIfCancellationRequested();
        if (keys.All(attempt.Journal.IsOpen))
            return await attempt.NeverAsync<WaitOutcome>(scope);
        if (attempt.Holding)
            return await attempt.HoldBackAsync<WaitOutcome>(scope);
        var opening = waits.Select((wait, i) => Open(keys[i], group, wait)).ToList();
        return await OpenAsync(opening) is { } at
            ? new WaitOutcome(at.Index, JsonSerializer.Deserialize<JsonElement>(at.Answer, JournalJson.Options))
            : await attempt.NeverAsync<WaitOutcome>(scope);
    }

    /// <summary>A question of the engine's own under a fixed key.</summary>
    public async Task<ApprovalOutcome> AskAsync(string key, ApprovalRequest request)
    {
        if (Answered([key]) is { } answered)
            return answered.Answer.Deserialize<ApprovalOutcome>(JournalJson.Options)!;
        if (!attempt.Journal.IsOpen(key))
            await OpenAsync([Open(key, key, new ApprovalWait(request))]);
        return await attempt.NeverAsync<ApprovalOutcome>(scope);
    }

    public Task OpenRetryAsync(string key, TimeSpan delay, string detail) =>
        OpenAsync([new OpenWait(key, key, "retry", detail) { DueIn = delay }]);

    /// <summary>Until it is worth asking the service's circuit again.</summary>
    public Task OpenServiceAsync(string key, TimeSpan after, string service) =>
        OpenAsync([new OpenWait(key, key, "service", service) { DueIn = after }]);

    private WaitOutcome? Answered(string[] keys)
    {
        var first = keys.Select((key, index) => (Index: index, Entry: attempt.Journal.Find(key)))
            .Where(a => a.Entry is not null)
            .OrderBy(a => a.Entry!.No)
            .FirstOrDefault();
        if (first.Entry is null)
            return null;
        scope.Replayed(first.Entry.CompletedAt);
        return new WaitOutcome(first.Index, JournalJson.Deserialize<JsonElement>(first.Entry.Result));
    }

    private OpenWait Open(string key, string group, Wait wait) =>
        wait switch
        {
            TimerWait timer => new(key, group, "timer", null) { DueIn = timer.Duration },
            SignalWait signal => new(key, group, "signal", Texts.Clean(signal.SignalName, 200)),
            ChildrenWait children => new(key, group, "children", children.Group.Key) { AtLeast = children.AtLeast },
            ApprovalWait approval => new(key, group, "approval", approval.Request.Title)
            {
                DueIn = approval.Request.DecideWithin,
                Approval = approval.Request,
                ApprovalId = StepIds.Guid(attempt.Job.Id, $"approval:{key}@{attempt.Job.Generation}"),
            },
            _ => throw new ArgumentException($"A wait of type {wait.GetType().Name} is not known.", nameof(wait)),
        };

    /// <summary>Opens all waits of a group in one transaction; an answer that is already there comes back at once.</summary>
    private async Task<OpenedAnswer?> OpenAsync(IReadOnlyList<OpenWait> opening)
    {
        var riding = new Contribution();
        scope.Flush(riding);
        try
        {
            if (riding.Progress is not null)
            {
                await attempt.RecordAsync(riding);
                riding = new Contribution();
            }
            var opened = await attempt.ReachAsync(
                scope,
                () => store.OpenAsync(attempt.Pen, attempt.Job, opening, riding.Events)
            );
            if (opened is not null)
                scope.Recorded(opened.At);
            return opened;
        }
        catch (LeaseLostException)
        {
            attempt.Stop(StopReason.LeaseLost);
            throw;
        }
    }
}
