using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Browser.Tests.Pages;
using Microsoft.Playwright;

namespace AgentControl.Browser.Tests.Checks;

/// <summary>The form of the agent that asks for one value of every kind.</summary>
[Collection(PagesCollection.Name)]
public sealed class SchemaFormTests(CheckedProgram program)
{
    private const string Typed = """
        { "customer": "ACME GmbH", "country": "DE", "notes": "first\nsecond", "secret": "s3cret", "mail": "ana@example.org", "site": "https://example.org/a",
          "due": "2026-12-31", "at": "2026-12-31T15:00:00Z", "folder": "inbox/a22/", "weight": 12.5, "copies": 4, "dryRun": true, "mode": "fast",
          "tags": ["q4", "books"], "address": { "street": "Ring 1", "city": "Wien" }, "payment": { "card": "4711" }, "extra": { "a": [1, null] } }
        """;

    private const string Written = """
        { "customer": "Other AG", "country": "FR", "notes": "third", "secret": "more", "mail": "ben@example.org", "site": "https://example.org/b",
          "due": "2027-01-02", "at": "2027-01-02T03:04:00+02:00", "folder": "inbox/b22/", "weight": 99, "copies": 5, "dryRun": false, "mode": "careful",
          "tags": ["one"], "address": { "street": "Gasse 2", "city": "Graz" }, "payment": 250, "extra": [true] }
        """;

    // Each control of the form, and what a reader calls it.
    private const string Nameless = """
        () => [...document.querySelectorAll("[aria-labelledby=new-input] :is(input, select, textarea, fieldset)")]
          .filter((e) => e.checkVisibility() && e.type !== "file")
          .filter((e) => !(e.labels?.[0]?.textContent.trim() || e.getAttribute("aria-label") || e.querySelector(":scope > legend")?.textContent.trim()))
          .map((e) => e.outerHTML)
        """;

    [Fact]
    public async Task A22_A_form_of_every_kind_has_labels_tells_its_errors_and_equals_its_JSON()
    {
        await using var context = await program.OpenAsync();
        var page = await context.NewPageAsync();
        await page.OpenAsync("/jobs/new?agent=forms");
        var input = page.Locator("[aria-labelledby=new-input]");
        await Assertions.Expect(input.GetByLabel("Customer *")).ToHaveAttributeAsync("placeholder", "ACME GmbH");
        await Assertions.Expect(input.GetByLabel("Copies")).ToHaveValueAsync("3");
        await Assertions.Expect(input.GetByLabel("Careful")).ToBeCheckedAsync();
        await input.Locator("#field-tags").GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await Assertions.Expect(input.Locator("#field-tags input")).ToHaveCountAsync(1);
        Assert.Empty(await page.EvaluateAsync<string[]>(Nameless));

        // What is wrong is told on submit, above the form, and under the field.
        await input.GetByLabel("Weight").FillAsync("120");
        await input.GetByLabel("Mail").FillAsync("nobody");
        await page.GetByTestId("start").ClickAsync();
        var errors = page.GetByTestId("error-list");
        await Assertions.Expect(errors).ToBeFocusedAsync();
        await Assertions
            .Expect(errors.GetByRole(AriaRole.Listitem))
            .ToContainTextAsync([
                "Customer",
                "Country",
                "Card",
                "Extra",
                "Mail",
                "Weight must be at most 100.",
                "Line 1 of Tags",
            ]);
        var customer = input.GetByLabel("Customer *");
        await Assertions.Expect(customer).ToHaveAttributeAsync("aria-invalid", "true");
        await Assertions
            .Expect(customer)
            .ToHaveAccessibleDescriptionAsync("One line. Customer is missing. Fill it in.");
        await errors.GetByRole(AriaRole.Link, new() { Name = "Country" }).ClickAsync();
        await Assertions.Expect(input.GetByLabel("Country *")).ToBeFocusedAsync();

        await FillAsync(page, input);
        await page.GetByRole(AriaRole.Button, new() { Name = "JSON", Exact = true }).ClickAsync();
        var json = page.GetByLabel("Input as JSON");
        Same(Typed, await json.InputValueAsync());

        // The form shows what is written as JSON, and gives it back as it was.
        await json.FillAsync(Written);
        await page.GetByRole(AriaRole.Button, new() { Name = "Form", Exact = true }).ClickAsync();
        await ShowsWrittenAsync(input);
        await page.GetByRole(AriaRole.Button, new() { Name = "JSON", Exact = true }).ClickAsync();
        Same(Written, await json.InputValueAsync());

        // Broken JSON is said at once, holds the form, and is what stands in the list.
        await json.FillAsync("{ \"customer\": ");
        await Assertions.Expect(page.Locator("#field-json-error")).ToContainTextAsync("this is no valid JSON");
        await page.GetByRole(AriaRole.Button, new() { Name = "Form", Exact = true }).ClickAsync();
        await Assertions.Expect(json).ToBeVisibleAsync();
        await page.GetByTestId("start").ClickAsync();
        await Assertions.Expect(errors).ToBeFocusedAsync();
        await json.FillAsync(Written);
        await page.GetByTestId("start").ClickAsync();
        await page.WaitForURLAsync("**/jobs/j_*");
        var job = new Uri(page.Url).Segments[^1];
        await Assertions.Expect(page.Locator("main .ac-head [data-state]")).ToHaveTextAsync("Completed");
        Same(Written, (await program.GetAsync($"/api/v1/jobs/{job}")).GetProperty("input").GetRawText());
    }

    private static async Task FillAsync(IPage page, ILocator input)
    {
        await input.GetByLabel("Customer *").FillAsync("ACME GmbH");
        await input.GetByLabel("Country *").SelectOptionAsync("DE");
        await input.GetByLabel("Notes").FillAsync("first\nsecond");
        await input.GetByLabel("Secret").FillAsync("s3cret");
        await input.GetByLabel("Mail").FillAsync("ana@example.org");
        await input.GetByLabel("Site").FillAsync("https://example.org/a");
        await input.GetByLabel("Due").FillAsync("2026-12-31");
        await input.Locator("#field-at").FillAsync("2026-12-31T15:00");
        await input.GetByLabel("A folder of the workspace", new() { Exact = true }).CheckAsync();
        await input.GetByLabel("Folder: path").FillAsync("inbox/a22/");
        await input.GetByLabel("Weight").FillAsync("12.5");
        await input.GetByLabel("Copies").FillAsync("4");
        await input.GetByLabel("Dry run").CheckAsync();
        await input.GetByLabel("Fast").CheckAsync();
        await input.Locator("#field-tags input").FillAsync("q4");
        await input.Locator("#field-tags").GetByRole(AriaRole.Button, new() { Name = "Add" }).ClickAsync();
        await input.Locator("#field-tags input").Nth(1).FillAsync("books");
        await input.GetByLabel("Street").FillAsync("Ring 1");
        await input.GetByLabel("City").FillAsync("Wien");
        await input.GetByLabel("Card *").FillAsync("4711");
        await input.GetByLabel("Extra").FillAsync("{ \"a\": [1, null] }");
        await page.WaitForFunctionAsync("() => sessionStorage.getItem('ac-new-job:forms')?.includes('null')");
    }

    private static async Task ShowsWrittenAsync(ILocator input)
    {
        await Assertions.Expect(input.GetByLabel("Customer *")).ToHaveValueAsync("Other AG");
        await Assertions.Expect(input.GetByLabel("Country *")).ToHaveValueAsync("FR");
        await Assertions.Expect(input.GetByLabel("Notes")).ToHaveValueAsync("third");
        await Assertions.Expect(input.GetByLabel("Secret")).ToHaveValueAsync("more");
        await Assertions.Expect(input.GetByLabel("Mail")).ToHaveValueAsync("ben@example.org");
        await Assertions.Expect(input.GetByLabel("Site")).ToHaveValueAsync("https://example.org/b");
        await Assertions.Expect(input.GetByLabel("Due")).ToHaveValueAsync("2027-01-02");
        await Assertions.Expect(input.Locator("#field-at")).ToHaveValueAsync("2027-01-02T01:04");
        await Assertions.Expect(input.GetByLabel("Folder: path")).ToHaveValueAsync("inbox/b22/");
        await Assertions.Expect(input.GetByLabel("Weight")).ToHaveValueAsync("99");
        await Assertions.Expect(input.GetByLabel("Copies")).ToHaveValueAsync("5");
        await Assertions.Expect(input.GetByLabel("Dry run")).Not.ToBeCheckedAsync();
        await Assertions.Expect(input.GetByLabel("Careful")).ToBeCheckedAsync();
        await Assertions.Expect(input.Locator("#field-tags input")).ToHaveCountAsync(1);
        await Assertions.Expect(input.Locator("#field-tags input")).ToHaveValueAsync("one");
        await Assertions.Expect(input.GetByLabel("Street")).ToHaveValueAsync("Gasse 2");
        await Assertions.Expect(input.GetByLabel("City")).ToHaveValueAsync("Graz");
        await Assertions.Expect(input.GetByLabel("Kind of Payment")).ToHaveValueAsync("1");
        await Assertions.Expect(input.GetByLabel("Cash")).ToHaveValueAsync("250");
        await Assertions.Expect(input.GetByLabel("Extra")).ToHaveValueAsync("[\n  true\n]");
    }

    private static void Same(string expected, string actual) =>
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(expected), JsonNode.Parse(actual)), actual);
}
