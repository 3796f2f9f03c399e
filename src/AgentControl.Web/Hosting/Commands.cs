using AgentControl.Engine.Audit;
using AgentControl.Engine.Hosting;

namespace AgentControl.Web.Hosting;

/// <summary>What the program does instead of serving: <c>migrate</c> and <c>verify</c>.</summary>
internal static class Commands
{
    private const string Migrate = "migrate";
    private const string Verify = "verify";
    private const string HeadOption = "--audit-head=";

    /// <summary>Runs a command that must find the database as it lies: before anything opens it for serving.</summary>
    /// <returns>The exit code; null where the program is to go on.</returns>
    public static async Task<int?> RunFirstAsync(WebApplicationBuilder builder, string[] args, TextWriter output)
    {
        switch (args.FirstOrDefault())
        {
            case Verify when NotedHead(args) is [_, ..] wrong && !AuditChain.IsHead(wrong):
                await output.WriteLineAsync(
                    $"{HeadOption}{wrong} is no end of the audit log. Give number:hash, as verify prints it."
                );
                return 2;
            case Verify:
                using (var logs = ControlPlane.StartLog(builder.Configuration))
                    return await Verification.RunAsync(
                        builder.Configuration,
                        logs.CreateLogger<ControlDatabase>(),
                        output,
                        NotedHead(args),
                        CancellationToken.None
                    );
            case { } unknown when unknown != Migrate && !unknown.StartsWith('-') && !unknown.Contains('='):
                await output.WriteLineAsync($"'{unknown}' is no command. Use verify or migrate, or none to serve.");
                return 2;
            default:
                return null;
        }
    }

    private static string? NotedHead(string[] args) =>
        args.FirstOrDefault(a => a.StartsWith(HeadOption, StringComparison.Ordinal))?[HeadOption.Length..];

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
