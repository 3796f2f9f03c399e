using System.Text.Json;
using AgentControl.Core.Agents;
using AgentControl.Core.Approvals;

namespace AgentControl.Core.Waits;

/// <summary>Something outside the job's code that a branch waits for.</summary>
public abstract record Wait
{
    private protected Wait() { }

    /// <summary>The kind as the contract spells it.</summary>
    public abstract string Kind { get; }

    /// <summary>The name inside the wait's key.</summary>
    public abstract string Name { get; }
}

/// <summary>A person's decision.</summary>
public sealed record ApprovalWait(ApprovalRequest Request) : Wait
{
    public override string Kind => "approval";
    public override string Name => "approval";
}

/// <summary>A value sent to the job by name.</summary>
public sealed record SignalWait(string SignalName) : Wait
{
    public override string Kind => "signal";
    public override string Name => "signal:" + SignalName;
}

/// <summary>A time on the database's clock.</summary>
public sealed record TimerWait(TimeSpan Duration) : Wait
{
    public override string Kind => "timer";
    public override string Name => "sleep";
}

/// <summary>The end of at least so many children of a group.</summary>
public sealed record ChildrenWait(ChildGroup Group, int AtLeast) : Wait
{
    public override string Kind => "children";
    public override string Name => "children";
}

/// <summary>Which wait was answered first, and with what.</summary>
public sealed record WaitOutcome(int Index, JsonElement Answer);

/// <summary>The counts of a group of children at the moment of waking.</summary>
public sealed record ChildCounts(int Total, int Ended, int Succeeded, int Failed, int Cancelled);

/// <summary>A signal's value, or that none came in time.</summary>
public sealed record SignalResult<T>(bool Received, T? Value);
