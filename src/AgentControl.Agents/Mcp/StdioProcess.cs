using System.ComponentModel;
using System.Diagnostics;
using System.Text;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace AgentControl.Agents.Mcp;

/// <summary>A server that is a child process of ours. It sees nothing of our environment but what every program needs and what is configured.</summary>
internal sealed class StdioProcess : IAsyncDisposable
{
    /// <summary>What a server sends in one message at most.</summary>
    public const int MaxMessage = 2 * 1024 * 1024;

    private const int LastLines = 5;
    private const int LongestLine = 300;
    private static readonly string[] _passedOn = ["PATH", "HOME", "LANG"];
    private static readonly TimeSpan _goodbye = TimeSpan.FromSeconds(2);
    private readonly Process process;
    private readonly Queue<string> said = new();
    private readonly bool leads;
    private int ended;

    private StdioProcess(Process process, bool leads)
    {
        (this.process, this.leads) = (process, leads);
        process.ErrorDataReceived += (_, line) => Hear(line.Data);
        process.Exited += (_, _) => EndGroup();
    }

    /// <summary>The last lines that it wrote to its log, for whoever reads why it failed.</summary>
    public string Said
    {
        get
        {
            lock (said)
                return string.Join(' ', said);
        }
    }

    /// <exception cref="McpStartException">The program could not be started.</exception>
    public static StdioProcess Start(McpServerSettings server)
    {
        var utf8 = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
        var start = new ProcessStartInfo(server.Command!)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = utf8,
            StandardOutputEncoding = utf8,
            StandardErrorEncoding = utf8,
            WorkingDirectory = server.WorkingDirectory ?? "",
        };
        foreach (var argument in server.Arguments)
            start.ArgumentList.Add(argument);
        start.Environment.Clear();
        foreach (var name in _passedOn)
        {
            if (Environment.GetEnvironmentVariable(name) is { } value)
                start.Environment[name] = value;
        }
        foreach (var (name, value) in server.Environment)
            start.Environment[name] = value;
        var inGroup = ProcessGroup.Lead(start);
        var started = new Process { StartInfo = start, EnableRaisingEvents = true };
        // It listens before the start: the program may end at once.
        var child = new StdioProcess(started, inGroup);
        try
        {
            started.Start();
        }
        catch (Exception problem) when (problem is Win32Exception or InvalidOperationException)
        {
            started.Dispose();
            throw new McpStartException(
                $"'{server.Command}' could not be started: {(problem is Win32Exception os ? new Win32Exception(os.NativeErrorCode).Message : problem.Message)}",
                problem
            );
        }
        started.BeginErrorReadLine();
        return child;
    }

    public StreamClientTransport Transport() =>
        new(
            process.StandardInput.BaseStream,
            new CappedStream(process.StandardOutput.BaseStream, MaxMessage, perLine: true)
        );

    /// <summary>Its input ends, which asks it to go; if it stays, it is killed with the processes that it started.</summary>
    public async ValueTask DisposeAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(_goodbye);
            await process.StandardInput.BaseStream.DisposeAsync();
            await process.WaitForExitAsync(limit.Token);
        }
        catch (Exception problem) when (problem is OperationCanceledException or IOException)
        {
            process.Kill(entireProcessTree: true);
        }
        finally
        {
            EndGroup();
            process.Dispose();
        }
    }

    /// <summary>What it started ends with it, however it ended. Once: its number may be another's later.</summary>
    private void EndGroup()
    {
        if (leads && Interlocked.Exchange(ref ended, 1) == 0)
            ProcessGroup.End(process.Id);
    }

    private void Hear(string? line)
    {
        if (string.IsNullOrWhiteSpace(line))
            return;
        lock (said)
        {
            said.Enqueue(line.Length <= LongestLine ? line : line[..LongestLine]);
            if (said.Count > LastLines)
                said.Dequeue();
        }
    }
}

/// <summary>A server could not be started; the message says all that there is to say.</summary>
internal sealed class McpStartException(string message, Exception inner) : IOException(message, inner);
