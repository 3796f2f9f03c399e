using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace AgentControl.Benchmarks;

/// <summary>The whole program as a child process, so that its own CPU time can be read.</summary>
internal sealed class ServingProgram : IAsyncDisposable
{
    public const string Key = "ac_benchmark-0123456789abcdef0123456789abcdef";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private readonly Process process;

    private ServingProgram(Process process, Uri address)
    {
        (this.process, Address) = (process, address);
        Client = new HttpClient { BaseAddress = new Uri(address, "/api/v1/") };
        Client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
    }

    public Uri Address { get; }

    public HttpClient Client { get; }

    /// <summary>User and system time of the process so far.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public static async Task<ServingProgram> StartAsync(string connectionString, string directory)
    {
        var address = new Uri($"http://127.0.0.1:{FreePort().ToString(CultureInfo.InvariantCulture)}");
        var start = new ProcessStartInfo(
            "dotnet",
            [Path.Combine(AppContext.BaseDirectory, "AgentControl.Web.dll"), "--contentRoot", AppContext.BaseDirectory]
        )
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
        };
        start.Environment["Urls"] = address.ToString();
        start.Environment["ConnectionStrings__AgentControl"] = connectionString;
        start.Environment["AgentControl__DataDirectory"] = directory;
        start.Environment["AgentControl__Bootstrap__ApiKey"] = Key;
        start.Environment["AgentControl__Agents__Synthetic"] = "true";
        start.Environment["AgentControl__Queues__default"] = "20";
        var process = Process.Start(start) ?? throw new InvalidOperationException("The program did not start.");
        process.OutputDataReceived += (_, _) => { };
        process.BeginOutputReadLine();
        var program = new ServingProgram(process, address);
        using var end = new CancellationTokenSource(Patience);
        while (!await program.IsReadyAsync(end.Token))
            await Task.Delay(200, end.Token);
        return program;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private async Task<bool> IsReadyAsync(CancellationToken stop)
    {
        try
        {
            using var answer = await Client.GetAsync(new Uri(Address, "/health/ready"), stop);
            return answer.IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
