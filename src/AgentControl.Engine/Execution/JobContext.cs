using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Events;
using AgentControl.Core.Json;
using AgentControl.Core.Notes;
using AgentControl.Core.Progress;
using AgentControl.Core.Waits;
using AgentControl.Engine.Checkpoints;
using AgentControl.Engine.Events;
using AgentControl.Engine.Recording;

namespace AgentControl.Engine.Execution;

/// <summary>The SDK's face of an attempt: keys every call in its scope and hands it to the actor in charge.</summary>
internal sealed class JobContext : IJobContext
{
    private readonly Attempt attempt;
    private readonly Scope scope;
    private readonly AttemptParts parts;
    private readonly StepRunner steps;
    private readonly WaitRunner waits;

    public JobContext(Attempt attempt, Scope scope, AttemptParts parts)
    {
        (this.attempt, this.scope, this.parts) = (attempt, scope, parts);
        waits = new WaitRunner(attempt, scope, parts.Waits);
        steps = new StepRunner(attempt, scope, waits, parts);
        Workspace = new JobWorkspace(attempt, scope, steps, parts);
        Notes = new JobNotes(attempt, scope, steps, parts);
    }

    public JobInfo Job => attempt.Info;

    public bool Recovered => attempt.Job.Recovered;

    public DateTimeOffset Now => scope.Now;

    public IJobWorkspace Workspace { get; }

    public IJobNotes Notes { get; }

    public Guid NewGuid() => StepIds.Guid(attempt.Job.Id, scope.NextKey("guid"));

    public async Task<T> StepAsync<T>(string name, Func<StepCall, Task<T>> body, StepOptions? options = null)
    {
        using var call = scope.Enter(name);
        return await steps.RunAsync(name, null, body, options ?? new());
    }

    public async Task<T> StepAsync<TInput, T>(
        string name,
        TInput input,
        Func<TInput, StepCall, Task<T>> body,
        StepOptions? options = null
    )
    {
        using var call = scope.Enter(name);
        return await steps.RunAsync(name, CanonicalJson.Hash(input), step => body(input, step), options ?? new());
    }

    public async Task<IReadOnlyList<TResult>> Parallel<TItem, TResult>(
        string name,
        IReadOnlyList<TItem> items,
        int limit,
        Func<TItem, IJobContext, CancellationToken, Task<TResult>> body
    )
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(limit, 1);
        using var call = scope.Enter(name);
        name = Texts.Clean(name, int.MaxValue);
        var count = scope.Count(name);
        var branches = new ParallelRun<TItem, TResult>(
            attempt,
            limit,
            (index, giveBack) =>
            {
                var own = new Scope(Core.Steps.StepKey.Item(scope.Path, name, count, index), scope.Now)
                {
                    Rests = giveBack,
                };
                attempt.Watch(own);
                return (own, new JobContext(attempt, own, parts));
            },
            body,
            scope
        );
        var (results, at) = await branches.RunAsync(items);
        if (at > scope.Now)
            scope.Recorded(at);
        return results;
    }

    public async Task<WaitOutcome> FirstOf(params IReadOnlyList<Wait> waits)
    {
        using var call = scope.Enter("FirstOf");
        return await this.waits.FirstOfAsync(waits);
    }

    public async Task<ChildGroup> SpawnAsync<TInput>(
        string agent,
        IReadOnlyList<TInput> inputs,
        SpawnOptions? options = null
    )
    {
        using var call = scope.Enter("Spawn");
        return await parts.Children.SpawnAsync(attempt, scope, steps, agent, inputs, options ?? new());
    }

    public async Task<IReadOnlyList<ChildResult>> ChildResultsAsync(ChildGroup group)
    {
        using var call = scope.Enter("ChildResults");
        // Outputs stay in the children's own rows: only that they were read is journalled, so a replay asks again.
        await steps.RunAsync(
            $"results:{group.Key}",
            null,
            _ => Task.FromResult(group.Count),
            new() { Kind = "children" }
        );
        return await attempt.ReachAsync(
            scope,
            () => parts.Children.ResultsAsync(attempt.Job.Id, group, attempt.Cancellation)
        );
    }

    public async Task ContinueOnAsync(string queue)
    {
        using var call = scope.Enter("ContinueOn");
        await Handovers.ContinueOnAsync(attempt, scope, queue);
    }

    public async Task ContinueAsNewAsync<TInput>(TInput input)
    {
        using var call = scope.Enter("ContinueAsNew");
        await parts.Handovers.ContinueAsNewAsync(attempt, scope, JournalJson.Serialize(input));
    }

    public async Task StashAsync<T>(string key, T value)
    {
        using var call = scope.Enter("Stash");
        await Stash.SaveAsync(attempt, scope, steps, key, value);
    }

    public async Task<T?> RecallAsync<T>(string key)
    {
        using var call = scope.Enter("Recall");
        var found = await steps.RunAsync(
            $"recall:{key}",
            null,
            _ => attempt.ReachAsync(scope, () => parts.Stash.LatestAsync(attempt.Job.Id, key, attempt.Cancellation)),
            new() { Kind = "checkpoint" }
        );
        return found is { ValueKind: not JsonValueKind.Undefined } value
            ? value.Deserialize<T>(JournalJson.Options)
            : default;
    }

    public async Task<int> VersionAsync(string change, int current)
    {
        using var call = scope.Enter("Version");
        var within = scope.Path.Length == 0 ? "" : scope.Path + "/";
        var key = $"{within}version:{change}";
        // Asked again it is no record: nothing of the scope's time and log may depend on whether this attempt or an earlier one recorded it.
        if (attempt.VersionOf(key) is { } known)
            return known;
        // A scope whose journal went past this place before the change was known follows the old way.
        var value = attempt.Journal.Contains(key) || !attempt.Journal.HasUnread(within) ? current : 0;
        return attempt.Follow(
            key,
            await steps.RunAsync(change, null, _ => Task.FromResult(value), new() { Kind = "version", Key = key })
        );
    }

    public Task ReportProgressAsync(long completed, long? total = null, string? stage = null, string? detail = null)
    {
        (stage, detail) = (Texts.Clean(stage, 200), Texts.Clean(detail, 500));
        var percent = Eta.Percent(completed, total);
        scope.Ride(
            new ProgressRecord(completed, total, stage, detail),
            new EventRecord(
                EventTypes.Progress,
                $"{stage ?? "Progress"}: {completed}{(total is null ? "" : $" of {total}")}{(detail is null ? "" : $" — {detail}")}",
                EventData.Of(
                    new
                    {
                        completed,
                        total,
                        percent,
                        stage,
                        detail,
                    }
                )
            )
        );
        return Task.CompletedTask;
    }

    public Task ReportAnomalyAsync(string kind, string message, object? data = null)
    {
        scope.Ride(new(EventTypes.Anomaly, Texts.Clean(message)!, EventData.Of(new { kind, data }), "warning"));
        return Task.CompletedTask;
    }

    public void Think(string thought) => scope.Ride(new(EventTypes.AgentThought, Texts.Clean(thought)!));

    public void Observe(string observation, object? data = null)
    {
        scope.Ride(new(EventTypes.AgentObservation, Texts.Clean(observation)!, DataOf(data)));
        if (attempt.Anomalies.Observed(scope, observation) is { } loop)
            scope.Ride(loop);
    }

    public void CallTool(string call, object? data = null) =>
        scope.Ride(new(EventTypes.AgentToolCall, Texts.Clean(call)!, DataOf(data)));

    private static string? DataOf(object? data) => data is null ? null : EventData.Of(data);

    public void Log(string message, LogSeverity severity = LogSeverity.Info) =>
        scope.Ride(
            new(
                EventTypes.AgentLog,
                Texts.Clean(message)!,
                Level: severity switch
                {
                    LogSeverity.Error => "error",
                    LogSeverity.Warning => "warning",
                    _ => "info",
                }
            )
        );
}
