namespace AgentControl.Engine.Recording;

/// <summary>How this process records.</summary>
internal sealed record RecordingOptions(string Worker, TimeSpan Lease)
{
    /// <summary>Pause where every row of a batch was locked by somebody else's short transaction.</summary>
    public TimeSpan BusyPause { get; init; } = TimeSpan.FromMilliseconds(1);

    /// <summary>Pause between tries while the database is away.</summary>
    public TimeSpan OutagePause { get; init; } = TimeSpan.FromMilliseconds(250);
}
