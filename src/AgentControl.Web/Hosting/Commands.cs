using AgentControl.Engine.Hosting;

namespace AgentControl.Web.Hosting;

/// <summary>What the program does instead of serving: <c>migrate</c> and <c>verify</c>.</summary>
internal static class Commands
{
    private const string Migrate = "migrate";
    private const string Verify = "verify";

    /// <summary>Runs a command that must find the database as it lies: before anything opens it for serving.</summary>
    /// <returns>The exit code; null where the program is to go on.</returns>
    public static async Task<int?> RunFirstAsync(WebApplicationBuilder builder, string[] args, TextWriter output)
    {
        switch (args.FirstOrDefault())
        {
            case Verify:
                using (var logs = ControlPlane.StartLog(builder.Configuration))
                    return await Verification.RunAsync(
                        builder.Configuration,
                        logs.CreateLogger<ControlDatabase>(),
                        output,
                        CancellationToken.None
                    );
            case { } unknown when unknown != Migrate && !unknown.StartsWith('-') && !unknown.Contains('='):
                await output.WriteLineAsync($"'{unknown}' is no command. Use verify or migrate, or none to serve.");
                return 2;
            default:
                return null;
        }
    }

    /// <summary>Brings the schema up, and ends there where the arguments say so.</summary>
    /// <returns>The exit code; null where the program is to serve.</returns>
    public static async Task<int?> RunAsync(
        WebApplication app,
        ControlDatabase database,
        string[] args,
        TextWriter output
    )
    {
        await app.PrepareAsync(database);
        if (args.FirstOrDefault() != Migrate)
            return null;
        await output.WriteLineAsync("The schema is up to date.");
        return 0;
    }
}
