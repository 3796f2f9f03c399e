namespace AgentControl.Core.Schedules;

/// <summary>What a schedule does about due times that passed while no engine ran.</summary>
public enum MissedRule
{
    /// <summary>They are left out.</summary>
    Skip,

    /// <summary>One run stands for all of them.</summary>
    RunOnce,

    /// <summary>Each is run, the newest <see cref="DuePlan.MostCatchUps"/> at most.</summary>
    RunAll,
}
