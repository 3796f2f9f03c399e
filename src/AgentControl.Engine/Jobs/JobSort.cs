namespace AgentControl.Engine.Jobs;

/// <summary>In which order a list of jobs is read.</summary>
public enum JobSort
{
    /// <summary>The newest first.</summary>
    Newest,

    /// <summary>The oldest first.</summary>
    Oldest,

    /// <summary>By name, upper and lower case alike; of equal names the newest first.</summary>
    Name,
}
