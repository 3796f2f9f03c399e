using AgentControl.Core.Schedules;
using AgentControl.Engine.Jobs;

namespace AgentControl.Engine.Schedules;

/// <summary>What a person says about a schedule.</summary>
public sealed record ScheduleDefinition
{
    /// <summary>One day.</summary>
    public const int DefaultCatchUpSeconds = 86_400;

    public string? Cron { get; init; }
    public string? TimeZone { get; init; }

    /// <summary>The job that is started; its times are the schedule's.</summary>
    public required JobSubmission Job { get; init; }
    public string? Description { get; init; }

    /// <summary>A word of <see cref="OverlapRule"/>.</summary>
    public string Overlap { get; init; } = OverlapRule.Skip.Word();

    /// <summary>A word of <see cref="MissedRule"/>.</summary>
    public string Missed { get; init; } = MissedRule.RunOnce.Word();
    public int CatchUpSeconds { get; init; } = DefaultCatchUpSeconds;

    /// <summary>Nothing is due before it.</summary>
    public DateTimeOffset? StartAt { get; init; }

    /// <summary>Nothing is due behind it.</summary>
    public DateTimeOffset? EndAt { get; init; }

    /// <summary>Null leaves it as it is; a new one is on.</summary>
    public bool? Paused { get; init; }
}

/// <summary>How a command on a schedule went.</summary>
public abstract record ScheduleOutcome
{
    private ScheduleOutcome() { }

    /// <param name="Version">The one that is in force now.</param>
    public sealed record Saved(int Version, bool IsNew) : ScheduleOutcome;

    /// <summary>Done, or already so.</summary>
    public sealed record Done : ScheduleOutcome;

    public sealed record NotFound : ScheduleOutcome;

    /// <summary>By field, each with its remedy (400).</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : ScheduleOutcome;

    /// <summary>Somebody else was first (409 <c>schedule.changed</c>): the version that is in force, 0 where there is none.</summary>
    public sealed record Changed(int Version) : ScheduleOutcome;

    /// <summary>Over a limit of the engine (413).</summary>
    public sealed record TooLarge(string Field, string Message) : ScheduleOutcome;
}
