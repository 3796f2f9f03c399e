using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Core.Json;
using AgentControl.Core.Waits;

namespace AgentControl.Core.Tests.Agents;

/// <summary>Runs an agent's code in memory: results pass through the journal's bytes, waits are answered by the test, children run at once.</summary>
internal sealed class FakeJobContext(FakeWorkspace workspace, Guid? id = null) : IJobContext
{
    private readonly Dictionary<string, List<ChildResult>> _children = new(StringComparer.Ordinal);

    public JobInfo Job { get; } =
        new(
            id ?? Guid.CreateVersion7(),
            "j-1",
            "October batch",
            "agent",
            "1",
            "default",
            "default",
            [],
            "test",
            null,
            1
        );

    public bool Recovered { get; init; }

    public DateTimeOffset Now => DateTimeOffset.UnixEpoch;

    public IJobWorkspace Workspace => workspace;

    public Core.Notes.IJobNotes Notes => throw new InvalidOperationException("The test expects no notes.");

    public List<string> Steps { get; } = [];

    public List<string> Queues { get; } = [];

    public List<string> Stashed { get; } = [];

    public List<string> Progress { get; } = [];

    public List<Wait> Waits { get; } = [];

    public List<SpawnOptions> Spawned { get; } = [];

    /// <summary>Answers approvals and other waits that are not for children.</summary>
    public Func<Wait, object> Answer { get; init; } =
        wait => throw new InvalidOperationException($"The test expects no {wait.Kind}.");

    /// <summary>Runs one child: agent, input as JSON, name.</summary>
    public Func<string, byte[], string, Task<ChildResult>> RunChild { get; init; } =
        (agent, _, _) => throw new InvalidOperationException($"The test expects no child of {agent}.");

    public Guid NewGuid() => Guid.CreateVersion7();

    public async Task<T> StepAsync<T>(string name, Func<StepCall, Task<T>> body, StepOptions? options = null)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var result = await body(new StepCall($"{name}-{Steps.Count}", name, attempt, CancellationToken.None));
                Steps.Add(name);
                return JournalJson.Deserialize<T>(JournalJson.Serialize(result))!;
            }
            catch (HttpRequestException) when (attempt < 5)
            {
                Steps.Add(name + " failed");
            }
        }
    }

    public Task<T> StepAsync<TInput, T>(
        string name,
        TInput input,
        Func<TInput, StepCall, Task<T>> body,
        StepOptions? options = null
    ) => StepAsync(name, call => body(input, call), options);

    public async Task<IReadOnlyList<TResult>> Parallel<TItem, TResult>(
        string name,
        IReadOnlyList<TItem> items,
        int limit,
        Func<TItem, IJobContext, CancellationToken, Task<TResult>> body
    ) => await Task.WhenAll(items.Select(item => body(item, this, CancellationToken.None)));

    public Task<WaitOutcome> FirstOf(params IReadOnlyList<Wait> waits)
    {
        var wait = Assert.Single(waits);
        Waits.Add(wait);
        var answer = wait is ChildrenWait children ? Counts(children) : Answer(wait);
        return Task.FromResult(new WaitOutcome(0, JsonSerializer.SerializeToElement(answer, JournalJson.Options)));
    }

    public async Task<ChildGroup> SpawnAsync<TInput>(
        string agent,
        IReadOnlyList<TInput> inputs,
        SpawnOptions? options = null
    )
    {
        options ??= new SpawnOptions();
        Spawned.Add(options);
        var results = new List<ChildResult>();
        for (var i = 0; i < inputs.Count; i++)
        {
            results.Add(await RunChild(agent, JournalJson.Serialize(inputs[i]), options.Names?[i] ?? ""));
        }

        _children[options.Name] = results;
        return new ChildGroup(options.Name, inputs.Count);
    }

    public Task<IReadOnlyList<ChildResult>> ChildResultsAsync(ChildGroup group) =>
        Task.FromResult<IReadOnlyList<ChildResult>>(_children[group.Key]);

    public Task ContinueOnAsync(string queue)
    {
        Queues.Add(queue);
        return Task.CompletedTask;
    }

    public Task StashAsync<T>(string key, T value)
    {
        Stashed.Add(key);
        return Task.CompletedTask;
    }

    public Task<T?> RecallAsync<T>(string key) => Task.FromResult<T?>(default);

    public Task ContinueAsNewAsync<TInput>(TInput input) => throw new NotSupportedException();

    public Task<int> VersionAsync(string change, int current) => Task.FromResult(current);

    public Task ReportProgressAsync(long completed, long? total = null, string? stage = null, string? detail = null)
    {
        Progress.Add($"{completed}/{total} {stage}");
        return Task.CompletedTask;
    }

    public List<string> Anomalies { get; } = [];

    public Task ReportAnomalyAsync(string kind, string message, object? data = null)
    {
        Anomalies.Add($"{kind}: {message}");
        return Task.CompletedTask;
    }

    public void Think(string thought) { }

    public void Observe(string observation, object? data = null) { }

    public void CallTool(string call, object? data = null) { }

    public void Log(string message, LogSeverity severity = LogSeverity.Info) { }

    private ChildCounts Counts(ChildrenWait wait)
    {
        var ended = _children[wait.Group.Key].Take(wait.AtLeast).ToList();
        return new ChildCounts(
            wait.Group.Count,
            ended.Count,
            ended.Count(c => c.State == JobState.Succeeded),
            ended.Count(c => c.State == JobState.Failed),
            ended.Count(c => c.State == JobState.Cancelled)
        );
    }
}
