namespace AgentControl.Engine.Storage.Embedded;

/// <summary>Where the program's own PostgreSQL lives and how it runs.</summary>
public sealed record EmbeddedPostgresOptions
{
    /// <summary>The folder that holds the cluster, its password and its lock (<c>AgentControl:DataDirectory</c>).</summary>
    public required string DataDirectory { get; init; }

    /// <summary>The folder with <c>initdb</c>, <c>pg_ctl</c> and <c>postgres</c> (<c>AgentControl:PostgresBinaries</c>); searched for when empty.</summary>
    public string? Binaries { get; init; }

    public string Database { get; init; } = "agentcontrol";

    public int MaxConnections { get; init; } = 200;

    /// <summary>Turns <c>fsync</c> off: a power cut then destroys the cluster. For test databases alone.</summary>
    public bool WithoutFsync { get; init; }
}
