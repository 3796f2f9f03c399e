using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace AgentControl.Browser.Tests.Programs;

/// <summary>One process of the program and what it printed.</summary>
internal sealed partial class RunningProgram : IAsyncDisposable
{
    private static readonly TimeSpan _startsWithin = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan _stopsWithin = TimeSpan.FromSeconds(60);
    private readonly Process process;
    private readonly ConcurrentQueue<string> lines = new();
    private readonly TaskCompletionSource listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<string> link = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private RunningProgram(Process process) => this.process = process;

    /// <summary>The one-time link for the first admin, as it was printed.</summary>
    public Task<string> SetupLinkAsync() => link.Task.WaitAsync(_startsWithin);

    /// <summary>What the process has used of the processors until now.</summary>
    public TimeSpan ProcessorTime
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    /// <summary>Bytes of memory that the process holds now.</summary>
    public long ResidentBytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64;
        }
    }

    public string Output => string.Join('\n', lines);

    public static async Task<RunningProgram> StartAsync(
        string url,
        string data,
        IReadOnlyDictionary<string, string> settings
    )
    {
        var start = new ProcessStartInfo("dotnet")
        {
            ArgumentList = { Repository.Program },
            WorkingDirectory = Repository.Root,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["Urls"] = url;
        start.Environment["AgentControl__DataDirectory"] = data;
        foreach (var (key, value) in settings)
            start.Environment[key.Replace(":", "__", StringComparison.Ordinal)] = value;
        start.Environment.Remove("ASPNETCORE_URLS");
        var program = new RunningProgram(new Process { StartInfo = start, EnableRaisingEvents = true });
        await program.RunAsync();
        return program;
    }

    /// <summary>As a power cut would: no handler runs. Its PostgreSQL stays behind.</summary>
    public async Task KillAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    public async Task StopAsync()
    {
        if (process.HasExited)
            return;
        await TerminateAsync(process.Id);
        try
        {
            await process.WaitForExitAsync().WaitAsync(_stopsWithin);
        }
        catch (TimeoutException)
        {
            await KillAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        process.Dispose();
    }

    private async Task RunAsync()
    {
        process.OutputDataReceived += (_, e) => Read(e.Data);
        process.ErrorDataReceived += (_, e) => Read(e.Data);
        process.Exited += (_, _) =>
            listening.TrySetException(
                new InvalidOperationException($"The program ended before it listened:\n{Output}")
            );
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await listening.Task.WaitAsync(_startsWithin);
    }

    private void Read(string? line)
    {
        if (line is null)
            return;
        lines.Enqueue(line);
        if (line.Contains("Now listening on:", StringComparison.Ordinal))
            listening.TrySetResult();
        if (PrintedLink().Match(line) is { Success: true } printed)
            link.TrySetResult(printed.Value);
    }

    [GeneratedRegex(@"http://\S+/setup\?token=\S+", RegexOptions.None, 1000)]
    private static partial Regex PrintedLink();

    private static async Task TerminateAsync(int process)
    {
        using var kill = Process.Start("kill", ["-TERM", process.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync();
    }
}
