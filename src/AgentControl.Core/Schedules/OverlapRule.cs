namespace AgentControl.Core.Schedules;

/// <summary>What a schedule does when a run comes due while an earlier one has not ended.</summary>
public enum OverlapRule
{
    /// <summary>The new run is left out.</summary>
    Skip,

    /// <summary>One run waits for the end of the earlier one; further ones are left out.</summary>
    BufferOne,

    /// <summary>Both run.</summary>
    Allow,

    /// <summary>The earlier one is cancelled, and the new one starts as soon as it has ended.</summary>
    CancelOther,
}
