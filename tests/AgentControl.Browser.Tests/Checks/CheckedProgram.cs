using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using AgentControl.Browser.Tests.Pages;
using AgentControl.Browser.Tests.Programs;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>One program, one browser and one sign-in for all checks of the pages, with jobs in every state. It starts with the first collection that needs it.</summary>
public sealed class CheckedProgram : IAsyncDisposable
{
    private const string Email = "ana@example.com";
    private const string Password = "correct horse battery";
    private const string Key = "key-of-the-browser-checks-0001";
    private readonly Installation installation = Access.NewInstallation(Email, Password, Key);
    private Installation? fresh;
    private readonly HttpClient http = new();
    private TestBrowser browser = null!;
    private string signedIn = "";
    private Task? started;

    internal Installation Installation => installation;

    /// <summary>A real job of two contracts whose summary waits for a person.</summary>
    public string Job { get; private set; } = "";

    public string Approval { get; private set; } = "";

    /// <summary>Once for all collections.</summary>
    public Task StartAsync() => started ??= PrepareAsync();

    /// <summary>The printed link of a second program, which has no admin; started when first asked for.</summary>
    public async Task<string> SetupLinkAsync()
    {
        if (fresh is null)
        {
            fresh = new Installation(new Dictionary<string, string>());
            await fresh.StartAsync();
        }

        return await fresh.Program.SetupLinkAsync();
    }

    /// <summary>A signed-in context of its own.</summary>
    public Task<IBrowserContext> OpenAsync(BrowserNewContextOptions? options = null) =>
        OpenAsync(true, options ?? new());

    /// <summary>A signed-in context that comes to the program by another address.</summary>
    public Task<IBrowserContext> OpenAsync(BrowserNewContextOptions options, string url) =>
        OpenAsync(true, options, url);

    /// <summary>A context of somebody who has not signed in.</summary>
    public Task<IBrowserContext> OpenAsStrangerAsync(BrowserNewContextOptions? options = null) =>
        OpenAsync(false, options ?? new());

    /// <summary>Submits a job that waits for a person, and tells its short id and its request.</summary>
    public async Task<(string Job, string Approval)> SubmitAsync(object job)
    {
        using var answer = await http.PostAsJsonAsync("/api/v1/jobs", job);
        var shortId = (await ReadAsync(answer)).GetProperty("shortId").GetString()!;
        return (shortId, await AskedAsync(shortId));
    }

    /// <summary>The first request of a job, as soon as it asks; told by the live tail of its log.</summary>
    public async Task<string> AskedAsync(string job)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get,
            $"/api/v1/jobs/{job}/events?type=approval.requested"
        );
        request.Headers.Accept.Add(new("text/event-stream"));
        using var tail = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Assert.True(tail.IsSuccessStatusCode, $"The tail of {job} answered {tail.StatusCode}.");
        using var lines = new StreamReader(await tail.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
        {
            if (line.StartsWith("data: ", StringComparison.Ordinal))
                return JsonElement
                    .Parse(line["data: ".Length..])
                    .GetProperty("data")
                    .GetProperty("approvalId")
                    .GetString()!;
        }
        throw new InvalidOperationException($"{job} ended without a request.");
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await http.GetAsync(path);
        return await ReadAsync(answer);
    }

    public async Task<JsonElement> PostAsync(string path, object body)
    {
        using var answer = await http.PostAsJsonAsync(path, body);
        return await ReadAsync(answer);
    }

    public async Task PutAsync(string path, object? body = null)
    {
        using var answer = await http.PutAsJsonAsync(path, body ?? new { });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task PatchAsync(string path, object body)
    {
        using var answer = await http.PatchAsJsonAsync(path, body);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    public async Task DeleteAsync(string path)
    {
        using var answer = await http.DeleteAsync(path);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>What a job asks for: a step, then a person; on these terms, where the check needs some.</summary>
    public static object Gate(string name, object? terms = null, string workspace = "default") =>
        new
        {
            agent = "synthetic",
            name,
            workspace,
            input = new { steps = 2, approvalAtStep = 2 },
            approvalPolicy = terms,
        };

    public async ValueTask DisposeAsync()
    {
        http.Dispose();
        if (browser is not null)
            await browser.DisposeAsync();
        await installation.DisposeAsync();
        if (fresh is not null)
            await fresh.DisposeAsync();
    }

    /// <summary>The program with nothing in it yet.</summary>
    public async Task StartEmptyAsync()
    {
        await installation.StartAsync();
        browser = await TestBrowser.StartAsync();
        http.BaseAddress = new Uri(installation.Url);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        signedIn = await Access.SignInAsync(browser, installation.Url, Email, Password);
    }

    /// <summary>Something in every list.</summary>
    public async Task FillAsync()
    {
        await Seeds.ChipsAsync(installation);
        await Seeds.CircuitsAsync(installation);
        await PutFileAsync("notes/plan.md", "# Plan\n\nRead the *contracts*, then the annexes.\n");
        await PutNoteAsync(
            "contracts/notes/house/style",
            "Amounts with the currency behind them.\nDates as in the document."
        );
        await PutScheduleAsync("nightly-close");
        (Job, Approval) = await SubmitAsync(Contracts);
    }

    private async Task PrepareAsync()
    {
        await StartEmptyAsync();
        await FillAsync();
    }

    private static object Contracts =>
        new
        {
            agent = "contracts",
            name = "Two contracts",
            input = new
            {
                documents = new[] { "nda.txt", "lease.txt" }.Select(n => new
                {
                    name = n,
                    text = File.ReadAllText(Path.Combine(Repository.SampleContracts, n)),
                }),
                commentEvery = 1,
            },
        };

    private Task<IBrowserContext> OpenAsync(bool known, BrowserNewContextOptions options, string? url = null)
    {
        options.BaseURL = url ?? installation.Url;
        options.StorageState = known ? signedIn : null;
        return browser.OpenAsync(options);
    }

    /// <summary>A file of the workspace.</summary>
    public async Task PutFileAsync(string path, string text)
    {
        using var content = new StringContent(text, new MediaTypeHeaderValue("text/markdown"));
        using var answer = await http.PutAsync($"/api/v1/workspaces/default/files/{path}", content);
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Due at night, with a history of times that were left out and one that was refused.</summary>
    private async Task PutScheduleAsync(string name)
    {
        using var answer = await http.PutAsJsonAsync(
            $"/api/v1/schedules/{name}",
            new
            {
                cron = "0 2 * * 1-5",
                timeZone = "Europe/Berlin",
                agent = "synthetic",
                input = new { steps = 1 },
                description = "Closes the books",
            }
        );
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        await Seeds.ScheduleRunsAsync(installation, name);
    }

    private async Task PutNoteAsync(string path, string text)
    {
        using var answer = await http.PutAsJsonAsync($"/api/v1/agents/{path}", new { text });
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        Assert.True(answer.IsSuccessStatusCode, await answer.Content.ReadAsStringAsync());
        return await answer.Content.ReadFromJsonAsync<JsonElement>();
    }
}

/// <summary>Starts the program before the first test of a collection.</summary>
public sealed class ProgramStart(CheckedProgram program) : IAsyncLifetime
{
    public async ValueTask InitializeAsync() => await program.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

[CollectionDefinition(Name)]
public sealed class PagesCollection : ICollectionFixture<ProgramStart>
{
    public const string Name = "checks of the pages";
}

/// <summary>Checks with a limit in seconds, which nothing else may disturb.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class TimedCollection : ICollectionFixture<ProgramStart>
{
    public const string Name = "checks of speed";
}

/// <summary>Checks that start and kill programs of their own.</summary>
[CollectionDefinition(Name)]
public sealed class ProgramsCollection
{
    public const string Name = "programs that die";
}
