using System.Text;
using System.Text.Json;
using AgentControl.Core.Approvals;
using AgentControl.Core.Json;
using AgentControl.Core.Waits;

namespace AgentControl.Core.Agents;

/// <summary>The everyday forms of <see cref="IJobContext"/>'s primitives.</summary>
public static class JobContextExtensions
{
    public static Task<T> StepAsync<T>(
        this IJobContext job,
        string name,
        Func<CancellationToken, Task<T>> body,
        StepOptions? options = null
    ) => job.StepAsync(name, call => body(call.CancellationToken), options);

    public static async Task SleepAsync(this IJobContext job, TimeSpan duration) =>
        await job.FirstOf(new TimerWait(duration));

    /// <summary>Parks until a person decides or the deadline passes; expiry is an outcome, not an exception.</summary>
    public static async Task<ApprovalOutcome> RequestApprovalAsync(this IJobContext job, ApprovalRequest request)
    {
        var outcome = await job.FirstOf(new ApprovalWait(request));
        return outcome.Answer.Deserialize<ApprovalOutcome>(JournalJson.Options)!;
    }

    /// <summary>Waits for a value sent to the job under <paramref name="name"/>. <c>Received</c> is false when the time is over first.</summary>
    public static async Task<SignalResult<T>> WaitForSignalAsync<T>(
        this IJobContext job,
        string name,
        TimeSpan? timeout = null
    )
    {
        Wait[] waits = timeout is { } limit ? [new SignalWait(name), new TimerWait(limit)] : [new SignalWait(name)];
        var outcome = await job.FirstOf(waits);
        return outcome.Index == 0
            ? new SignalResult<T>(true, outcome.Answer.Deserialize<T>(JournalJson.Options))
            : new SignalResult<T>(false, default);
    }

    /// <summary>Waits until all children of the group have ended, or until <paramref name="atLeast"/> have.</summary>
    public static async Task<ChildCounts> WhenChildrenFinish(
        this IJobContext job,
        ChildGroup group,
        int? atLeast = null
    )
    {
        var outcome = await job.FirstOf(new ChildrenWait(group, atLeast ?? group.Count));
        return outcome.Answer.Deserialize<ChildCounts>(JournalJson.Options)!;
    }

    public static async Task<string?> ReadTextAsync(this IJobWorkspace workspace, string path) =>
        await workspace.ReadAsync(path) is { } bytes ? Encoding.UTF8.GetString(bytes) : null;

    public static Task<WorkspaceEntry> WriteTextAsync(
        this IJobWorkspace workspace,
        string path,
        string text,
        string? contentType = null
    ) => workspace.WriteAsync(path, Encoding.UTF8.GetBytes(text), contentType);
}
