using System.Diagnostics;
using AgentControl.Agents.Mcp;

namespace AgentControl.Core.Tests.Mcp;

/// <summary>A server takes what it started with it, however it ends.</summary>
public sealed class StdioProcessTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("agentcontrol-stdio-").FullName;

    private static CancellationToken Now => TestContext.Current.CancellationToken;

    private string Pipe => Path.Combine(folder, "alive");

    [Theory]
    // It dies by itself.
    [InlineData("exit 3")]
    // It goes when its input ends.
    [InlineData("read line")]
    public async Task What_a_server_started_does_not_outlive_it(string end)
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Process groups are made by setsid.");
        using (var made = Process.Start("mkfifo", [Pipe]))
            await made.WaitForExitAsync(Now);
        // Whoever still has the pipe open, lives: it ends with the last of them.
        var silence = Task.Run(ReadToEnd, Now);
        var server = StdioProcess.Start(
            new("test") { Command = "sh", Arguments = ["-c", $"exec 3>\"$1\"; sleep 600 & {end}", "sh", Pipe] }
        );
        if (end == "exit 3")
            await silence.WaitAsync(TimeSpan.FromMinutes(1), Now);
        await server.DisposeAsync();
        await silence.WaitAsync(TimeSpan.FromMinutes(1), Now);
    }

    [Fact]
    public void A_program_that_is_not_there_is_told_by_its_name()
    {
        var problem = Assert.Throws<McpStartException>(() =>
            StdioProcess.Start(new("test") { Command = "no-such-program" })
        );
        Assert.StartsWith("'no-such-program' could not be started: ", problem.Message, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private void ReadToEnd()
    {
        using var pipe = new FileStream(Pipe, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        while (pipe.ReadByte() >= 0) { }
    }
}
