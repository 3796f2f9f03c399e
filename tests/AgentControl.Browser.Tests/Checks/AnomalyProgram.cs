using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Browser.Tests.Programs;
using AgentControl.Simulation;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>A program in which everything is soon unusual, its providers played by a simulator, and one page to look at it.</summary>
public sealed class AnomalyProgram : IAsyncLifetime
{
    private const string Email = "ana@example.com";
    private const string Password = "correct horse battery";
    private const string Key = "key-of-the-browser-checks-0001";
    private readonly HttpClient http = new();
    private Installation installation = null!;
    private ProviderSimulator providers = null!;
    private TestBrowser browser = null!;
    private IBrowserContext context = null!;

    public IPage Page { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        providers = await ProviderSimulator.StartAsync();
        providers.Faults.Add("billing", f => f with { Dialect = "anthropic" });
        installation = new Installation(Settings(providers.Address));
        await installation.StartAsync();
        http.BaseAddress = new Uri(installation.Url);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        browser = await TestBrowser.StartAsync();
        var known = await Access.SignInAsync(browser, installation.Url, Email, Password);
        context = await browser.OpenAsync(new() { BaseURL = installation.Url, StorageState = known });
        Page = await context.NewPageAsync();
    }

    /// <summary>Submits a job that begins only when it is told to.</summary>
    public async Task<string> PrepareAsync(string name, string input, string? budget)
    {
        using var answer = await http.PostAsJsonAsync(
            "/api/v1/jobs",
            new
            {
                agent = "synthetic",
                name,
                runAt = DateTimeOffset.UtcNow.AddDays(1),
                input = JsonElement.Parse(input),
                budget = budget is null ? (JsonElement?)null : JsonElement.Parse(budget),
            }
        );
        return (await ReadAsync(answer)).GetProperty("shortId").GetString()!;
    }

    public Task RunAsync(string job) => OrderAsync(job, "run-now");

    /// <summary>What has ended meanwhile stays as it is.</summary>
    public async Task CancelAsync(string job)
    {
        using var answer = await http.PostAsync($"/api/v1/jobs/{job}/cancel", null);
    }

    public async Task ApproveAsync(string job)
    {
        using var found = await http.GetAsync($"/api/v1/jobs/{job}");
        var id = (await ReadAsync(found)).GetProperty("waitingFor").GetProperty("approvalId").GetString();
        using var answer = await http.PostAsJsonAsync(
            $"/api/v1/approvals/{id}/decide",
            new { decision = "approve", revision = 1 }
        );
        await ReadAsync(answer);
    }

    /// <summary>As if the job's worker had been silent for a minute.</summary>
    public Task LoseWorkerAsync(string job) =>
        installation.ExecuteAsync(
            "UPDATE job_runs SET lease_until = ac_now() - interval '1 minute' WHERE state = 'running' AND job_id = (SELECT id FROM jobs WHERE short_id = @job)",
            ("job", job)
        );

    /// <summary>As if the code's step had had another input.</summary>
    public Task ChangeJournalAsync(string job) =>
        installation.ExecuteAsync(
            "UPDATE steps SET input_hash = '\\x00' WHERE name = 'step' AND job_id = (SELECT id FROM jobs WHERE short_id = @job)",
            ("job", job)
        );

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (context is not null)
            await context.DisposeAsync();
        if (browser is not null)
            await browser.DisposeAsync();
        if (installation is not null)
            await installation.DisposeAsync();
        if (providers is not null)
            await providers.DisposeAsync();
    }

    private async Task OrderAsync(string job, string order)
    {
        using var answer = await http.PostAsync($"/api/v1/jobs/{job}/{order}", null);
        await ReadAsync(answer);
    }

    private static Dictionary<string, string> Settings(Uri providers)
    {
        var settings = new Dictionary<string, string>
        {
            ["AgentControl:Bootstrap:AdminEmail"] = Email,
            ["AgentControl:Bootstrap:AdminPassword"] = Password,
            ["AgentControl:Bootstrap:ApiKey"] = Key,
            ["AgentControl:Anomalies:RetrySpike"] = "3",
            ["AgentControl:Anomalies:LoopRepeats"] = "3",
            ["AgentControl:Anomalies:StallSeconds"] = "1.5",
            ["AgentControl:Anomalies:SlowStepSeconds"] = "0.6",
            ["AgentControl:Anomalies:SlowStepSamples"] = "5",
            ["AgentControl:Anomalies:ApprovalSeconds"] = "1",
            ["AgentControl:Services:late:RequestTimeoutSeconds"] = "0.5",
            ["AgentControl:Services:late:Retry:MaxRetries"] = "0",
            ["AgentControl:Services:fragile:Circuit:MinimumCalls"] = "2",
            ["AgentControl:Services:fragile:Circuit:BreakSeconds"] = "1",
            // A service of its own: behind the circuit that another check left open every call is a probe, which counts as no try.
            ["AgentControl:Services:mending:Circuit:MinimumCalls"] = "2",
            ["AgentControl:Services:mending:Circuit:BreakSeconds"] = "1",
            ["AgentControl:Models:both:Primary"] = "anthropic:sim-1",
            ["AgentControl:Models:both:Fallback:0"] = "openai:sim-1",
            ["AgentControl:Models:fine:Primary"] = "openai:sim-1",
        };
        foreach (var service in new[] { "busy", "fragile", "mending" })
            settings[$"AgentControl:Services:{service}:Retry:BaseDelaySeconds"] = "0.05";
        foreach (var (name, path) in new[] { ("anthropic", ""), ("openai", "v1") })
        {
            settings[$"AgentControl:Providers:{name}:Type"] = name;
            settings[$"AgentControl:Providers:{name}:ApiKey"] = "key";
            settings[$"AgentControl:Providers:{name}:BaseUrl"] = new Uri(providers, path).AbsoluteUri;
        }

        return settings;
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}
