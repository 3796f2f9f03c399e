using AgentControl.Core.Approvals;
using AgentControl.Core.Notes;
using AgentControl.Core.Waits;

namespace AgentControl.Core.Agents;

/// <summary>What an agent's code may do durably. One context is used by one caller at a time; concurrent work goes through <see cref="Parallel{TItem,TResult}"/>.</summary>
public interface IJobContext
{
    JobInfo Job { get; }

    /// <summary>True when an earlier attempt of this job ended without saying so (crash, lost worker). The same on every replay of this attempt.</summary>
    bool Recovered { get; }

    /// <summary>The time of this scope's last record: repeats on replay, never the wall clock.</summary>
    DateTimeOffset Now { get; }

    /// <summary>An id made from job, scope and count: repeats on replay.</summary>
    Guid NewGuid();

    /// <summary>Runs <paramref name="body"/> once and records its result; every later run of this line answers from the journal.</summary>
    /// <exception cref="Steps.StepFailedException">The body failed for good, now or in an earlier attempt.</exception>
    Task<T> StepAsync<T>(string name, Func<StepCall, Task<T>> body, StepOptions? options = null);

    /// <summary>As the other overload; <paramref name="input"/> is hashed, and a replay with another input stops the job loudly (nonDeterminism).</summary>
    Task<T> StepAsync<TInput, T>(
        string name,
        TInput input,
        Func<TInput, StepCall, Task<T>> body,
        StepOptions? options = null
    );

    /// <summary>Runs <paramref name="body"/> for each item, at most <paramref name="limit"/> at once, each with a context of its own. A waiting item gives its place to the next.</summary>
    Task<IReadOnlyList<TResult>> Parallel<TItem, TResult>(
        string name,
        IReadOnlyList<TItem> items,
        int limit,
        Func<TItem, IJobContext, CancellationToken, Task<TResult>> body
    );

    /// <summary>Waits for the first of several things. While nothing else of the job runs, the job is parked and costs nothing.</summary>
    Task<WaitOutcome> FirstOf(params IReadOnlyList<Wait> waits);

    /// <summary>Submits one child job for each input, in recorded chunks of 1,000.</summary>
    Task<ChildGroup> SpawnAsync<TInput>(string agent, IReadOnlyList<TInput> inputs, SpawnOptions? options = null);

    /// <summary>The children's own rows: state and output of each, in the order of their inputs. Recorded, so a replay sees the same.</summary>
    Task<IReadOnlyList<ChildResult>> ChildResultsAsync(ChildGroup group);

    /// <summary>Goes on behind this line on a worker of another queue.</summary>
    Task ContinueOnAsync(string queue);

    Task StashAsync<T>(string key, T value);

    /// <summary>The latest stashed value, or the default when there is none. A replay recalls what the first run saw.</summary>
    Task<T?> RecallAsync<T>(string key);

    /// <summary>Ends this job <c>succeeded</c> and goes on as a new one of the same agent with an empty journal. Never returns.</summary>
    Task ContinueAsNewAsync<TInput>(TInput input);

    /// <summary>Which behaviour of <paramref name="change"/> this job follows: the newest for jobs that start with this code, the recorded one for older jobs.</summary>
    Task<int> VersionAsync(string change, int current);

    /// <summary>Reports progress. Travels with the scope's next record.</summary>
    Task ReportProgressAsync(long completed, long? total = null, string? stage = null, string? detail = null);

    /// <param name="kind">One of the contract's anomaly kinds.</param>
    Task ReportAnomalyAsync(string kind, string message, object? data = null);

    void Think(string thought);

    /// <param name="data">What programs read of it, beside the sentence.</param>
    void Observe(string observation, object? data = null);

    /// <summary>Tells that a tool is called; <paramref name="data"/> holds its name and arguments for programs.</summary>
    void CallTool(string call, object? data = null);

    void Log(string message, LogSeverity severity = LogSeverity.Info);

    IJobWorkspace Workspace { get; }

    /// <summary>What the agent keeps beyond its jobs.</summary>
    IJobNotes Notes { get; }
}
