using System.Net;
using System.Text.RegularExpressions;

namespace AgentControl.Web.Tests.Access;

/// <summary>A browser without scripts: cookies, forms with their hidden fields, no redirect followed by itself.</summary>
internal sealed partial class Browser : IDisposable
{
    private readonly HttpClient client;

    public Browser(Uri address)
    {
        var handler = new HttpClientHandler { CookieContainer = Cookies, AllowAutoRedirect = false };
        client = new HttpClient(handler) { BaseAddress = address };
    }

    public CookieContainer Cookies { get; } = new();

    public Task<HttpResponseMessage> GetAsync(string path) =>
        client.GetAsync(path, TestContext.Current.CancellationToken);

    /// <summary>Where an answer leads, as a path of this program; another host's address stays whole.</summary>
    public string? LeadsTo(HttpResponseMessage answer) =>
        answer.Headers.Location is not { } location ? null
        : new Uri(client.BaseAddress!, location) is var whole && whole.Authority == client.BaseAddress!.Authority
            ? whole.PathAndQuery
        : location.ToString();

    public async Task<string> TextAsync(string path)
    {
        using var response = await GetAsync(path);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request) =>
        client.SendAsync(request, TestContext.Current.CancellationToken);

    /// <summary>Opens a page, fills its form and sends it.</summary>
    public async Task<HttpResponseMessage> SubmitAsync(string page, params (string Name, string Value)[] fields)
    {
        var fill = await OpenAsync(page);
        return await fill(fields);
    }

    /// <summary>Opens a page; the answer sends its form with these fields over the page's own.</summary>
    public async Task<Func<(string Name, string Value)[], Task<HttpResponseMessage>>> OpenAsync(string page)
    {
        var html = await TextAsync(page);
        var form = FormElement().Match(html);
        Assert.True(form.Success, $"{page} has no form: {html}");
        var hidden = HiddenField()
            .Matches(form.Value)
            .ToDictionary(field => field.Groups["name"].Value, field => field.Groups["value"].Value);
        var target = new Uri(page, UriKind.Relative);
        return fields =>
        {
            foreach (var (name, value) in fields)
                hidden[name] = value;
            return client.PostAsync(target, new FormUrlEncodedContent(hidden), TestContext.Current.CancellationToken);
        };
    }

    public Task<HttpResponseMessage> SignInAsync(
        string name,
        string password = "correct horse battery",
        string page = "/signin"
    ) => SubmitAsync(page, ("Form.Name", name), ("Form.Password", password));

    public void Dispose() => client.Dispose();

    [GeneratedRegex("<form.*?</form>", RegexOptions.Singleline, 1000)]
    private static partial Regex FormElement();

    [GeneratedRegex(
        """<input type="hidden" name="(?<name>[^"]*)" value="(?<value>[^"]*)""",
        RegexOptions.ExplicitCapture,
        1000
    )]
    private static partial Regex HiddenField();
}
