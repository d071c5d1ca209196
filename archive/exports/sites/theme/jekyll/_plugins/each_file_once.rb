# Jekyll 4.3.0 and 4.3.1 look each file up in a list of all files before it: of 5,000 posts that makes a minute.
module EachFileOnce
  def each_site_file
    seen = {}.compare_by_identity
    %w(pages static_files_to_write docs_to_write).each do |type|
      send(type).each do |item|
        next if seen.key?(item)

        seen[item] = true
        yield item
      end
    end
  end
end

Jekyll::Site.prepend(EachFileOnce) if Jekyll::Site.method_defined?(:each_site_file)
