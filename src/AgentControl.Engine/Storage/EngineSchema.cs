namespace AgentControl.Engine.Storage;

/// <summary>What the model cannot say: partitions, functions and guards, in <c>engine.sql</c>.</summary>
internal static class EngineSchema
{
    public static string Sql
    {
        get
        {
            using var stream =
                typeof(EngineSchema).Assembly.GetManifestResourceStream("AgentControl.Engine.engine.sql")
                ?? throw new InvalidOperationException("The embedded resource engine.sql is missing from the build.");
            using var reader = new StreamReader(stream);
            return reader.ReadToEnd();
        }
    }
}
