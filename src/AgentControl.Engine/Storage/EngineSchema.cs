namespace AgentControl.Engine.Storage;

/// <summary>What the model cannot say: partitions, functions and guards, in SQL files that run with their migrations.</summary>
internal static class EngineSchema
{
    /// <summary>The tables, and everything that came with the first migration.</summary>
    public static string Sql => Read("engine.sql");

    public static string Circuits => Read("circuits.sql");

    public static string Services => Read("services.sql");

    public static string Audit => Read("audit.sql");

    public static string Metrics => Read("metrics.sql");

    public static string Quotas => Read("quotas.sql");

    public static string Failures => Read("failures.sql");

    private static string Read(string name)
    {
        using var stream =
            typeof(EngineSchema).Assembly.GetManifestResourceStream($"AgentControl.Engine.{name}")
            ?? throw new InvalidOperationException($"The embedded resource {name} is missing from the build.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
