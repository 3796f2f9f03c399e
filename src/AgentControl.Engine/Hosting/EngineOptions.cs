namespace AgentControl.Engine.Hosting;

/// <summary>The engine's part of the section <c>AgentControl</c>.</summary>
public sealed class EngineOptions
{
    public const string Section = "AgentControl";

    /// <summary>Everything that the embedded default keeps.</summary>
    public string DataDirectory { get; set; } = "./data";

    /// <summary><c>all</c>, <c>web</c> or <c>worker</c>.</summary>
    public string Role { get; set; } = "all";

    /// <summary>Hands of the lane that people's answers wake, in this process.</summary>
    public int ResumeWorkers { get; set; } = 4;

    public LeaseOptions Lease { get; set; } = new();

    public bool RunsJobs => Role is "all" or "worker";

    public IEnumerable<string> Problems()
    {
        if (Role is not ("all" or "web" or "worker"))
            yield return $"AgentControl:Role is '{Role}'. Use all, web or worker.";
        if (ResumeWorkers is < 1 or > 100)
            yield return $"AgentControl:ResumeWorkers is {ResumeWorkers}. Use 1 to 100.";
        if (Lease.Seconds is < 3 or > 3_600)
            yield return $"AgentControl:Lease:Seconds is {Lease.Seconds}. Use 3 to 3600.";
    }
}

/// <summary>How long a silent worker keeps its jobs.</summary>
public sealed class LeaseOptions
{
    public int Seconds { get; set; } = 15;
}
