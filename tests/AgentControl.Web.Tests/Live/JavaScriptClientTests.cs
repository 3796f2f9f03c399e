using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AgentControl.Web.Live;
using AgentControl.Web.Tests.Fixtures;

namespace AgentControl.Web.Tests.Live;

/// <summary>The public JavaScript client, as any outside dashboard would use it. Its packages are installed by the test, as the lock file says.</summary>
public sealed class JavaScriptClientTests(ProgramFixture program) : IClassFixture<ProgramFixture>
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    [Fact]
    public async Task The_public_client_watches_a_job_to_its_end()
    {
        using var end = new CancellationTokenSource(Patience);
        var folder = Path.Combine(Path.GetDirectoryName(ThisFile())!, "javascript");
        await RunAsync("npm", ["ci", "--no-audit", "--no-fund", "--ignore-scripts"], folder, end.Token);
        var job = (
            await program.SubmitAsync(
                new
                {
                    agent = "synthetic",
                    input = new { steps = 20 },
                    runAt = "2099-01-01T00:00:00Z",
                }
            )
        ).Text("id")!;

        var output = await RunAsync(
            "node",
            ["watch.mjs", program.Address.ToString(), LiveHub.Path, ProgramFixture.AdminKey, job],
            folder,
            end.Token
        );

        var seen = JsonElement.Parse(output);
        var numbers = seen.GetProperty("numbers").EnumerateArray().Select(n => n.GetInt32()).ToList();
        Assert.Equal(Enumerable.Range(numbers[0], numbers.Count), numbers);
        Assert.Equal("succeeded", seen.Text("state"));
        Assert.True(numbers.Count > 40, $"Only {numbers.Count} events.");
    }

    private static async Task<string> RunAsync(
        string program,
        string[] arguments,
        string folder,
        CancellationToken stop
    )
    {
        var start = new ProcessStartInfo(program, arguments)
        {
            WorkingDirectory = folder,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
        var (output, errors) = (
            process.StandardOutput.ReadToEndAsync(stop),
            process.StandardError.ReadToEndAsync(stop)
        );
        await process.WaitForExitAsync(stop);
        Assert.True(process.ExitCode == 0, $"{program} ended with {process.ExitCode}: {await errors}");
        return await output;
    }

    private static string ThisFile([CallerFilePath] string path = "") => path;
}
