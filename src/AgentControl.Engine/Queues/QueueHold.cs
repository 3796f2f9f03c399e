using AgentControl.Engine.Live;
using Microsoft.Extensions.Logging;

namespace AgentControl.Engine.Queues;

/// <summary>Names of queues whose settings changed, in this process or in another; empty where any may have.</summary>
/// <param name="log">Hears of watchers that throw.</param>
public sealed class QueueChanges(ILogger<QueueChanges>? log = null) : LiveFeed<string>(log);

/// <summary>Whether everything is held: no job starts or resumes in any process, running ones go on.</summary>
/// <param name="By">Who held or released it last.</param>
public sealed record HoldView(bool Held, string? By, DateTimeOffset? Since);

/// <summary>What this process knows of the hold.</summary>
internal sealed class QueueHold
{
    /// <summary>The row of the hold among the queues' settings: no queue can be called so.</summary>
    public const string Row = "*";

    private volatile bool held;

    public bool IsHeld
    {
        get => held;
        set => held = value;
    }
}
