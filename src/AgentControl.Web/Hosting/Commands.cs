using AgentControl.Engine.Hosting;
using AgentControl.Engine.Storage;

namespace AgentControl.Web.Hosting;

/// <summary>What the program does instead of serving: <c>migrate</c> and <c>verify</c>.</summary>
internal static class Commands
{
    /// <summary>Runs the command that the arguments name.</summary>
    /// <returns>The exit code; null where the program is to serve.</returns>
    public static async Task<int?> RunAsync(
        WebApplication app,
        ControlDatabase database,
        string[] args,
        TextWriter output
    )
    {
        await app.PrepareAsync(database);
        switch (args.FirstOrDefault())
        {
            case "migrate":
                await output.WriteLineAsync("The schema is up to date.");
                return 0;
            case "verify":
                return await VerifyAsync(app.Services.GetRequiredService<InvariantCheck>(), output);
            case { } unknown when !unknown.StartsWith('-') && !unknown.Contains('='):
                await output.WriteLineAsync($"'{unknown}' is no command. Use verify or migrate, or none to serve.");
                return 2;
            default:
                return null;
        }
    }

    private static async Task<int> VerifyAsync(InvariantCheck check, TextWriter output)
    {
        var violations = await check.RunAsync(CancellationToken.None);
        foreach (var violation in violations)
            await output.WriteLineAsync(
                $"BROKEN: {violation.Invariant}: {violation.Rows} rows, such as {violation.Examples}"
            );
        await output.WriteLineAsync(
            $"{InvariantCheck.Count - violations.Count} of {InvariantCheck.Count} invariants hold."
        );
        return violations.Count == 0 ? 0 : 1;
    }
}
